using System.IO.Enumeration;

namespace Strangler.Facade;

/// <summary>Names fields in routes.json: a field path in which <c>*</c> stands for anything, compared without case.</summary>
internal sealed class FieldPattern(string text)
{
    public string Text => text;

    /// <summary>What is wrong with a pattern; null when nothing is.</summary>
    public static string? Problem(string text)
    {
        // Both mean something to the matcher; neither occurs in a field path.
        if (text.AsSpan().ContainsAny('\\', '?')) return "A field has no '\\' and no '?'; '*' stands for anything.";
        string[] roots = ["status", "header", "body", "*"];
        return roots.Any(root => text.StartsWith(root, StringComparison.OrdinalIgnoreCase)) ? null : "A field begins with 'status', 'header.' or 'body'.";
    }

    public bool Matches(string field) => FileSystemName.MatchesSimpleExpression(text, field, ignoreCase: true);
}
