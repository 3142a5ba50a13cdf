namespace Strangler.Facade;

/// <summary>A path template: literal segments, <c>{name}</c> for one segment, <c>{**name}</c> at the end for the rest (also nothing).</summary>
internal sealed class PathTemplate
{
    private PathTemplate(string text, IReadOnlyList<string?> segments, bool catchAll)
    {
        Text = text;
        Segments = segments;
        CatchAll = catchAll;
    }

    public string Text { get; }

    /// <summary>The literal of each segment; null for a parameter. The catch-all is not among them.</summary>
    public IReadOnlyList<string?> Segments { get; }

    public bool CatchAll { get; }

    public bool IsEverything => CatchAll && Segments.Count == 0;

    /// <summary>Whether a path is one of these; without case, and a slash at the end makes no difference.</summary>
    public bool Fits(string path)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length < Segments.Count || (parts.Length > Segments.Count && !CatchAll)) return false;
        for (var i = 0; i < Segments.Count; i++)
        {
            if (Segments[i] is { } literal && !literal.Equals(parts[i], StringComparison.OrdinalIgnoreCase)) return false;
        }

        return true;
    }

    /// <summary>Equal for two templates that match the same paths with the same precedence. A slash at the end makes no difference.</summary>
    public string Shape(bool caseSensitive)
    {
        var shape = string.Join('/', Segments.Select(segment => segment ?? "{}")) + (CatchAll ? "/{**}" : "");
        return caseSensitive ? shape : shape.ToUpperInvariant();
    }

    /// <summary>Whether some path fits both templates.</summary>
    public bool Meets(PathTemplate other, bool caseSensitive)
    {
        var comparison = caseSensitive ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
        var common = Math.Min(Segments.Count, other.Segments.Count);
        for (var i = 0; i < common; i++)
        {
            if (Segments[i] is { } mine && other.Segments[i] is { } theirs && !mine.Equals(theirs, comparison)) return false;
        }

        return (Segments.Count == common || other.CatchAll) && (other.Segments.Count == common || CatchAll);
    }

    /// <summary>Reads a template.</summary>
    /// <returns>The template, or what is wrong with it and how to cure that.</returns>
    public static (PathTemplate? Template, string Message, string Cure) Parse(string text)
    {
        if (!text.StartsWith('/')) return Wrong("A path begins with '/'.", $"Write \"/{text}\".");
        if (text.Replace("?}", "}", StringComparison.Ordinal).AsSpan().ContainsAny('?', '#')) return Wrong("A path has no query and no fragment; ownership looks at the path alone.", "Cut it before '?' or '#'.");
        if (text.Contains('%')) return Wrong("A template is written decoded; '%' never matches.", "Write the character itself, e.g. \"/relatório\".");
        if (text.Contains('\\')) return Wrong("A path separates its segments by '/'.", "Replace '\\' by '/'.");

        var parts = text[1..].Split('/');
        if (parts[^1].Length == 0) parts = parts[..^1];
        var segments = new List<string?>(parts.Length);
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < parts.Length; i++)
        {
            var part = parts[i];
            if (part.Length == 0) return Wrong("The path has an empty segment ('//').", "Write one '/'.");
            if (part is "." or "..") return Wrong($"The segment '{part}' never arrives: dot segments are resolved before the match.", "Write the resolved path.");
            if (!part.AsSpan().ContainsAny('{', '}'))
            {
                segments.Add(part);
                continue;
            }

            if (!part.StartsWith('{') || !part.EndsWith('}') || part.AsSpan(1, part.Length - 2).ContainsAny('{', '}'))
            {
                return Wrong($"The segment '{part}' mixes text and a parameter.", "Make the whole segment a parameter, e.g. \"{name}\".");
            }

            var catchAll = part.StartsWith("{**", StringComparison.Ordinal);
            var name = part[(catchAll ? 3 : 1)..^1];
            if (name.StartsWith('*')) return Wrong($"'{part}' is not known.", $"Write \"{{**{name.TrimStart('*')}}}\" for the rest of the path.");
            if (name.Contains(':') || name.EndsWith('?')) return Wrong($"'{part}' has a constraint, which ownership does not look at.", "Write \"{" + name.Split(':', '?')[0] + "}\".");
            if (!IsName(name)) return Wrong($"'{part}' is no parameter.", "Name it with letters, digits and '_', e.g. \"{id}\".");
            if (!names.Add(name)) return Wrong($"The parameter '{name}' appears twice.", "Give each parameter its own name.");
            if (!catchAll) segments.Add(null);
            else if (i < parts.Length - 1) return Wrong($"'{part}' takes the rest of the path, so nothing can follow it.", "Move it to the end, or write \"{" + name + "}\" for one segment.");
            else return (new PathTemplate(text, segments, true), "", "");
        }

        return (new PathTemplate(text, segments, false), "", "");
    }

    private static bool IsName(string name) => name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    private static (PathTemplate?, string, string) Wrong(string message, string cure) => (null, message, cure);
}
