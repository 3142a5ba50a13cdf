using System.Text.Json;
using System.Text.Json.Nodes;
using Strangler.Messaging;

namespace Strangler.AntiCorruption;

/// <summary>
/// The words of a source, looked for in messages and in their contracts, where nobody but the source's own people would understand them. For the tests of a team: give it the names of
/// the tables and columns, and the codes that the cells hold; whatever it finds is a leak. Thread-safe.
/// </summary>
public sealed class SourceVocabulary
{
    private readonly HashSet<string> names;
    private readonly HashSet<string> codes;

    /// <param name="names">
    /// Names of tables and columns, without those that everybody has whatever the software (<c>id</c>, <c>status</c>). Looked for in types, in names of members, keys and warnings,
    /// whole and as a part between <c>. - _ /</c>. Compared ordinally.
    /// </param>
    /// <param name="codes">
    /// What cells hold for something else: letters of a status, numbers of a type, dates that stand for no date (also as a message would write them). Looked for among the strings of a body, whole;
    /// case does not matter. A number of a body is never a code: it would be every count and every identity too.
    /// </param>
    public SourceVocabulary(IEnumerable<string> names, IEnumerable<string> codes) =>
        (this.names, this.codes) = ([.. names], codes.ToHashSet(StringComparer.OrdinalIgnoreCase));

    /// <summary>What is found in a message: its type, its key, its warnings, and its body as it is written to the wire.</summary>
    /// <param name="message">The message.</param>
    /// <returns>Each leak once, naming the place and the word; empty when there is none. The words are the source's own, never another value of a row.</returns>
    public IReadOnlyList<string> FindIn(DomainMessage message)
    {
        var found = new List<string>();
        Name(message.Type, "type", found);
        Name(message.Key.Split('/')[0], "key", found);
        foreach (var warning in message.Warnings) Name(warning, "warning", found);
        Value(JsonSerializer.SerializeToNode(message.Body, message.Body.GetType(), MessageJson.Options), "$", found);
        return Told(message.Type, found);
    }

    /// <summary>What is found in a contract: in its type, in names of members, and in the values that its schema names.</summary>
    /// <param name="contract">The contract.</param>
    /// <returns>Each leak once, naming the type, the place and the word; empty when there is none.</returns>
    public IReadOnlyList<string> FindIn(MessageContract contract)
    {
        var found = new List<string>();
        Name(contract.Type, "type", found);
        Schema(JsonNode.Parse(contract.Schema), "$", found);
        return Told(contract.Type, found);
    }

    private static IReadOnlyList<string> Told(string type, List<string> found) => [.. found.Distinct().Select(leak => $"{type}: {leak}")];

    private void Name(string name, string where, List<string> found)
    {
        foreach (var word in name.Split('.', '-', '_', '/').Concat(name.Split('.', '/')).Append(name).Distinct().Where(names.Contains)) found.Add($"{where} has the name '{word}'");
    }

    private void Value(JsonNode? node, string where, List<string> found)
    {
        switch (node)
        {
            case JsonObject members:
                foreach (var (name, value) in members)
                {
                    Name(name, where, found);
                    Value(value, $"{where}.{name}", found);
                }

                break;
            case JsonArray elements:
                foreach (var element in elements) Value(element, $"{where}[]", found);
                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String && codes.Contains(value.GetValue<string>()):
                found.Add($"{where} is the code '{value.GetValue<string>()}'");
                break;
        }
    }

    // A schema's own words (type, format, …) are JSON Schema's; what it says of a body stands in these.
    private void Schema(JsonNode? node, string where, List<string> found)
    {
        if (node is not JsonObject schema)
        {
            if (node is JsonArray several) foreach (var one in several) Schema(one, where, found);
            return;
        }

        foreach (var (keyword, value) in schema)
        {
            if (keyword is "enum" or "const" or "default" or "examples") Value(value, where, found);
            else if (keyword == "properties" && value is JsonObject members)
            {
                foreach (var (name, member) in members)
                {
                    Name(name, where, found);
                    Schema(member, $"{where}.{name}", found);
                }
            }
            else if (keyword == "items") Schema(value, $"{where}[]", found);
            else Schema(value, where, found);
        }
    }
}
