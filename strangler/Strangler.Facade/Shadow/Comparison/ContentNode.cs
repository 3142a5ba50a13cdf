namespace Strangler.Facade;

/// <summary>A body as a tree, whatever it was written in: JSON, HTML or lines. Equal trees have equal hashes.</summary>
internal sealed class ContentNode
{
    private static readonly Dictionary<string, ContentNode> None = [];

    private ContentNode(string step, string kind, string? value, Dictionary<string, ContentNode> fields, IReadOnlyList<ContentNode> items)
    {
        (Step, Kind, Value, Fields, Items) = (step, kind, value, fields, items);
        Hash = HashOf(this);
    }

    /// <summary>How the node is written in a field path, e.g. <c>.price</c>, <c>[]</c>, <c>/td</c>.</summary>
    public string Step { get; }

    /// <summary>What it is: <c>object</c>, <c>number</c>, <c>text</c>, an element's name. Nodes of two kinds have nothing to compare.</summary>
    public string Kind { get; }

    /// <summary>The value of a leaf; null for anything with parts.</summary>
    public string? Value { get; }

    /// <summary>Parts without an order, by name.</summary>
    public IReadOnlyDictionary<string, ContentNode> Fields { get; }

    /// <summary>Parts in order.</summary>
    public IReadOnlyList<ContentNode> Items { get; }

    public ulong Hash { get; }

    /// <summary>What to show of it: a leaf's value; of anything larger only that it is there.</summary>
    public string Shown => Value ?? "…";

    public static ContentNode Leaf(string step, string kind, string value) => new(step, kind, value, None, []);

    public static ContentNode Branch(string step, string kind, Dictionary<string, ContentNode>? fields, IReadOnlyList<ContentNode> items) => new(step, kind, null, fields ?? None, items);

    private static ulong HashOf(ContentNode node)
    {
        var hash = Mix(Mix(14695981039346656037, node.Kind), node.Value ?? "");
        foreach (var (name, field) in node.Fields.OrderBy(field => field.Key, StringComparer.Ordinal)) hash = Mix(Mix(hash, name), field.Hash);
        foreach (var item in node.Items) hash = Mix(hash, item.Hash);
        return hash;
    }

    // FNV-1a with a stronger step. 64 bits: two different rows of a page are not taken for one within the life of a machine.
    private static ulong Mix(ulong hash, string text)
    {
        foreach (var c in text) hash = (hash ^ c) * 1099511628211;
        return Mix(hash, (ulong)text.Length);
    }

    private static ulong Mix(ulong hash, ulong value)
    {
        hash = (hash ^ value) * 0x9E3779B97F4A7C15;
        return hash ^ (hash >> 32);
    }
}
