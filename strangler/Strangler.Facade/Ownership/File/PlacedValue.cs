using System.Text.Json;

namespace Strangler.Facade;

/// <summary>A JSON value that remembers where in the file it stands, so that errors and edits can point at it.</summary>
/// <param name="kind">The kind of value.</param>
/// <param name="start">Offset of its first byte.</param>
/// <param name="parent">The object or list that holds it; null for the whole file.</param>
/// <param name="key">Its name in the parent object, or its index in brackets.</param>
internal sealed class PlacedValue(JsonValueKind kind, int start, PlacedValue? parent, string key)
{
    /// <summary>The kind of value.</summary>
    public JsonValueKind Kind => kind;

    /// <summary>Offset of its first byte.</summary>
    public int Start => start;

    /// <summary>Offset behind its last byte.</summary>
    public int End { get; set; }

    /// <summary>The text of a string, the literal of a number, true, false or null; null for objects and lists.</summary>
    public string? Text { get; init; }

    /// <summary>The members of an object, in order.</summary>
    public List<PlacedMember> Members { get; } = [];

    /// <summary>The items of a list.</summary>
    public List<PlacedValue> Items { get; } = [];

    public string Path => parent is null ? key : key.StartsWith('[') ? parent.Path + key : $"{parent.Path}.{key}";

    public PlacedValue? this[string name] => Members.Find(member => member.Name == name)?.Value;
}

/// <summary>A member of an object: its name, where the name stands, its value.</summary>
internal sealed record PlacedMember(string Name, int Start, PlacedValue Value);
