using System.Text.Json.Nodes;

namespace Strangler.Messaging;

/// <summary>A difference between what was agreed on and what the code says now.</summary>
/// <param name="Type">Wire name of the message.</param>
/// <param name="Path">The member, e.g. <c>job_role.name</c> or <c>sectors[].id</c>; empty for the message itself.</param>
/// <param name="What">What changed, for people.</param>
/// <param name="IsBreaking">True when a consumer that was written to the old contract may fail on a new message, or wait for one that no longer comes.</param>
public sealed record ContractChange(string Type, string Path, string What, bool IsBreaking)
{
    /// <summary>
    /// Compares. Publishers write to these contracts, so within a major version it breaks nobody to add a message or a member, and to promise
    /// more: that a member is never null, or always there. To take a message, a member or a promise away, or to retype a member, needs the next major version.
    /// </summary>
    /// <param name="agreed">The document as it was published (<see cref="AsyncApiDocument.Write"/>).</param>
    /// <param name="now">The contracts of the code.</param>
    /// <returns>Every difference, by message and member; empty when there is none.</returns>
    /// <exception cref="FormatException"><paramref name="agreed"/> is no such document.</exception>
    public static IReadOnlyList<ContractChange> Between(string agreed, IEnumerable<MessageContract> now)
    {
        var before = AsyncApiDocument.Bodies(agreed);
        var after = now.ToDictionary(contract => contract.Type, contract => contract.Body, StringComparer.Ordinal);
        var changes = new List<ContractChange>();
        foreach (var type in before.Keys.Union(after.Keys).Order(StringComparer.Ordinal))
        {
            if (!after.TryGetValue(type, out var body)) changes.Add(new(type, "", "is no longer published", IsBreaking: true));
            else if (!before.TryGetValue(type, out var old)) changes.Add(new(type, "", "is new", IsBreaking: false));
            else Compare(type, "", old, body, changes);
        }

        return changes;
    }

    /// <summary>For people, e.g. <c>orders.order.placed.v1 total: was number, is string (breaking)</c>.</summary>
    public override string ToString() => $"{Type}{(Path.Length > 0 ? " " + Path : "")}: {What}{(IsBreaking ? " (breaking)" : "")}";

    private static void Compare(string type, string path, JsonNode before, JsonNode after, List<ContractChange> changes)
    {
        var (old, current) = (Kinds(before), Kinds(after));
        if (!old.SetEquals(current)) changes.Add(new(type, path, $"was {Words(old)}, is {Words(current)}", IsBreaking: !current.IsSubsetOf(old)));
        foreach (var keyword in (string[])["format", "pattern", "enum", "const"])
        {
            if (!JsonNode.DeepEquals(Keyword(before, keyword), Keyword(after, keyword))) changes.Add(new(type, path, $"has another {keyword}", IsBreaking: true));
        }

        if (Keyword(before, "items") is { } item && Keyword(after, "items") is { } itemNow) Compare(type, $"{path}[]", item, itemNow, changes);
        if (Keyword(before, "additionalProperties") is JsonObject value && Keyword(after, "additionalProperties") is JsonObject valueNow) Compare(type, $"{path}[]", value, valueNow, changes);

        var (members, membersNow) = (Members(before), Members(after));
        var (required, requiredNow) = (Required(before), Required(after));
        foreach (var (name, member) in members)
        {
            var at = path.Length > 0 ? $"{path}.{name}" : name;
            if (!membersNow.TryGetValue(name, out var memberNow))
            {
                changes.Add(new(type, at, "is gone", IsBreaking: true));
                continue;
            }

            if (required.Contains(name) != requiredNow.Contains(name)) changes.Add(new(type, at, requiredNow.Contains(name) ? "is always there now" : "may be missing now", IsBreaking: required.Contains(name)));
            Compare(type, at, member, memberNow, changes);
        }

        changes.AddRange(membersNow.Keys.Except(members.Keys).Select(name => new ContractChange(type, path.Length > 0 ? $"{path}.{name}" : name, "is new", IsBreaking: false)));
    }

    private static JsonNode? Keyword(JsonNode schema, string name) => schema is JsonObject ? schema[name] : null;

    /// <summary>The JSON types that a schema allows; everything when it does not say.</summary>
    private static HashSet<string> Kinds(JsonNode schema) => Keyword(schema, "type") switch
    {
        JsonArray several => [.. several.Select(static one => one!.GetValue<string>())],
        { } one => [one.GetValue<string>()],
        null => ["anything"],
    };

    private static string Words(HashSet<string> kinds) => string.Join(" or ", kinds.Order(StringComparer.Ordinal));

    private static Dictionary<string, JsonNode> Members(JsonNode schema) =>
        (Keyword(schema, "properties") as JsonObject)?.ToDictionary(static member => member.Key, static member => member.Value!, StringComparer.Ordinal) ?? [];

    private static HashSet<string> Required(JsonNode schema) => [.. (Keyword(schema, "required") as JsonArray)?.Select(static name => name!.GetValue<string>()) ?? []];
}
