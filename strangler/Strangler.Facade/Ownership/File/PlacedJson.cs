using System.Text.Json;

namespace Strangler.Facade;

/// <summary>Reads JSON with comments and trailing commas into <see cref="PlacedValue"/>s.</summary>
internal static class PlacedJson
{
    private static readonly JsonReaderOptions Options = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    /// <exception cref="JsonException">Not JSON; carries line and column, both from 0.</exception>
    public static PlacedValue Parse(ReadOnlySpan<byte> file)
    {
        // The mark that some editors put in front is no JSON. Three spaces keep every offset as it is.
        if (file.StartsWith("\uFEFF"u8))
        {
            var spaced = file.ToArray();
            spaced.AsSpan(0, 3).Fill((byte)' ');
            file = spaced;
        }

        var reader = new Utf8JsonReader(file, Options);
        reader.Read();
        var root = Read(ref reader, null, "$");
        // Reading on makes the reader refuse anything behind the value.
        reader.Read();
        return root;
    }

    private static PlacedValue Read(ref Utf8JsonReader reader, PlacedValue? parent, string key)
    {
        var start = (int)reader.TokenStartIndex;
        var value = reader.TokenType switch
        {
            JsonTokenType.StartObject => new PlacedValue(JsonValueKind.Object, start, parent, key),
            JsonTokenType.StartArray => new PlacedValue(JsonValueKind.Array, start, parent, key),
            JsonTokenType.String => new PlacedValue(JsonValueKind.String, start, parent, key) { Text = reader.GetString() },
            JsonTokenType.Number => new PlacedValue(JsonValueKind.Number, start, parent, key) { Text = System.Text.Encoding.UTF8.GetString(reader.ValueSpan) },
            JsonTokenType.True => new PlacedValue(JsonValueKind.True, start, parent, key) { Text = "true" },
            JsonTokenType.False => new PlacedValue(JsonValueKind.False, start, parent, key) { Text = "false" },
            _ => new PlacedValue(JsonValueKind.Null, start, parent, key) { Text = "null" },
        };
        if (value.Kind == JsonValueKind.Object)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
            {
                var (name, at) = (reader.GetString()!, (int)reader.TokenStartIndex);
                reader.Read();
                value.Members.Add(new PlacedMember(name, at, Read(ref reader, value, name)));
            }
        }
        else if (value.Kind == JsonValueKind.Array)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) value.Items.Add(Read(ref reader, value, $"[{value.Items.Count}]"));
        }

        value.End = (int)reader.BytesConsumed;
        return value;
    }
}
