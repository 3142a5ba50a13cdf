using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Strangler.Messaging;

namespace Strangler.AntiCorruption;

/// <summary>A row change as JSON, column for column. A value that the source did not send is an empty array, which no text is.</summary>
internal static class ChangeJson
{
    /// <param name="change">The change.</param>
    /// <param name="generation">Which backfill read it as a row; null for what legacy changed.</param>
    public static string Write(RowChange change, int? generation = null)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new() { Encoder = MessageJson.Options.Encoder }))
        {
            writer.WriteStartObject();
            writer.WriteString("table", change.Table);
            writer.WriteString("kind", change.Kind.ToString());
            writer.WriteString("version", change.Version.ToString());
            writer.WriteString("committed_at", AclStore.Text(change.CommittedAt));
            if (generation is { } number) writer.WriteNumber("generation", number);
            WriteRow(writer, "before", change.Before);
            WriteRow(writer, "after", change.After);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }

    public static RowChange Read(string json)
    {
        var change = JsonNode.Parse(json)!.AsObject();
        return new(
            (string)change["table"]!,
            Enum.Parse<ChangeKind>((string)change["kind"]!),
            ReadRow(change["before"]),
            ReadRow(change["after"]),
            MessageVersion.Parse((string)change["version"]!),
            AclStore.Time((string)change["committed_at"]!));
    }

    /// <summary>Which backfill read it as a row; null for what legacy changed, and for what an earlier version of the layer wrote.</summary>
    public static int? GenerationOf(string json) => (int?)JsonNode.Parse(json)!["generation"];

    /// <summary>Writes one row as an object; shared with whoever prints changes.</summary>
    public static void WriteRow(Utf8JsonWriter writer, string name, SourceRow? row)
    {
        if (row is null)
        {
            writer.WriteNull(name);
            return;
        }

        writer.WriteStartObject(name);
        foreach (var column in row.Columns)
        {
            if (!row.IsUnchanged(column))
            {
                writer.WriteString(column, row.Text(column));
                continue;
            }

            writer.WriteStartArray(column);
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static SourceRow? ReadRow(JsonNode? row)
    {
        if (row is not JsonObject columns) return null;
        var values = columns.Select(static column => column.Value is JsonArray ? SourceRow.Unchanged : (string?)column.Value).ToArray();
        return new(new RowShape([.. columns.Select(static column => column.Key)]), values);
    }
}
