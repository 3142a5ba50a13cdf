using System.Globalization;
using System.Text.Json;

namespace Strangler.Facade;

/// <summary>JSON as a tree: members without order, items in order, numbers by their value.</summary>
internal static class JsonTree
{
    /// <summary>Reads a text.</summary>
    /// <returns>Null when it is no JSON.</returns>
    public static ContentNode? Read(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return Of("", document.RootElement);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static ContentNode Of(string step, JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => Object(step, element),
        JsonValueKind.Array => ContentNode.Branch(step, "array", null, [.. element.EnumerateArray().Select(item => Of("[]", item))]),
        JsonValueKind.String => ContentNode.Leaf(step, "text", element.GetString()!),
        JsonValueKind.Number => ContentNode.Leaf(step, "number", Number(element)),
        JsonValueKind.Null => ContentNode.Leaf(step, "null", "null"),
        _ => ContentNode.Leaf(step, "boolean", element.ValueKind == JsonValueKind.True ? "true" : "false"),
    };

    private static ContentNode Object(string step, JsonElement element)
    {
        // Of two members with one name readers keep the last.
        var members = new Dictionary<string, JsonElement>();
        foreach (var member in element.EnumerateObject()) members[member.Name] = member.Value;
        var map = FieldName.IsMap(members.Keys);
        return ContentNode.Branch(step, "object", members.ToDictionary(member => member.Key, member => Of(map ? ".{}" : "." + member.Key, member.Value)), []);
    }

    private static string Number(JsonElement element)
    {
        var raw = element.GetRawText();
        if (element.TryGetDecimal(out var exact) && !raw.AsSpan().ContainsAny('e', 'E')) return exact.ToString("G29", CultureInfo.InvariantCulture);
        return element.TryGetDouble(out var near) && double.IsFinite(near) ? near.ToString("R", CultureInfo.InvariantCulture) : raw;
    }
}
