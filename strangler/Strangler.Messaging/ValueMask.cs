using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Strangler.Messaging;

/// <summary>Shows the shape of a value and not the value: digits as 9, letters as x, everything else as it is. Enough to see why a date or a code was refused.</summary>
public static partial class ValueMask
{
    private const int Longest = 40;

    /// <summary>Masks one text.</summary>
    /// <param name="value">Any text; null gives null.</param>
    /// <returns>At most 40 characters.</returns>
    public static string? Of(string? value) => value is null ? null : string.Create(Math.Min(value.Length, Longest), value, static (masked, text) =>
    {
        for (var index = 0; index < masked.Length; index++)
        {
            masked[index] = char.IsDigit(text[index]) ? '9' : char.IsLetter(text[index]) || char.IsSurrogate(text[index]) ? 'x' : text[index];
        }
    });

    /// <summary>Masks a body: of JSON every value that is not true, false or null, and every member's name that no contract would have; of anything else its beginning.</summary>
    internal static JsonNode? OfBody(ReadOnlyMemory<byte> body)
    {
        try
        {
            return Of(JsonNode.Parse(body.Span));
        }
        catch (JsonException)
        {
            return Of(System.Text.Encoding.UTF8.GetString(body.Span[..Math.Min(body.Length, Longest)]));
        }
    }

    private static JsonNode? Of(JsonNode? node) => node switch
    {
        JsonObject members => new JsonObject(members.DistinctBy(static member => NameOf(member.Key)).Select(static member => KeyValuePair.Create(NameOf(member.Key), Of(member.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Of)]),
        JsonValue value when value.GetValueKind() is JsonValueKind.True or JsonValueKind.False => value.DeepClone(),
        JsonValue value => Of(value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString()),
        _ => null,
    };

    private static string NameOf(string name) => ContractName().IsMatch(name) ? name : Of(name)!;

    [GeneratedRegex(@"^[A-Za-z][A-Za-z_]{0,60}\z")]
    private static partial Regex ContractName();
}
