namespace Strangler.Facade;

/// <summary>One thing that is wrong with a <c>routes.json</c>.</summary>
/// <param name="Line">Line in the file, from 1.</param>
/// <param name="Column">Column in that line, from 1, in UTF-16 units as editors count.</param>
/// <param name="Path">Where in the JSON, e.g. <c>$.routes[0].stage</c>.</param>
/// <param name="Value">The value found; null when an entry is missing or the value is an object or a list.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Cure">What to write instead.</param>
public sealed record RouteError(int Line, int Column, string Path, string? Value, string Message, string Cure)
{
    /// <summary>One line for people: place, message, cure.</summary>
    public override string ToString() => $"line {Line}, column {Column}, {Path}: {Message} {Cure}";
}
