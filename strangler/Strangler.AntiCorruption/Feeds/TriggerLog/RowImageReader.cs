using System.Text.Json;

namespace Strangler.AntiCorruption;

/// <summary>Reads the row images that <see cref="TriggerLogSql.Image"/> writes: JSON objects side by side, every value a string or null.</summary>
/// <param name="isPart">True when images may be those of keys alone, of which the whole row's shape cannot be told.</param>
internal sealed class RowImageReader(bool isPart = false)
{
    private static readonly JsonReaderOptions SideBySide = new() { AllowMultipleValues = true };

    // Rows of a table come one after the other with the same columns, so the last shape nearly always fits again.
    private readonly Dictionary<string, RowShape> shapes = [];

    public SourceRow Read(string table, ReadOnlySpan<byte> image)
    {
        if (shapes.TryGetValue(table, out var shape) && TryRead(shape, image) is { } row) return row;

        shape = shapes[table] = isPart ? new RowShape(Names(image)) { Whole = null } : new RowShape(Names(image));
        return TryRead(shape, image) ?? throw new InvalidDataException($"The log holds an image of table '{table}' that its triggers cannot have written.");
    }

    private static SourceRow? TryRead(RowShape shape, ReadOnlySpan<byte> image)
    {
        var values = new string?[shape.Columns.Count];
        var reader = new Utf8JsonReader(image, SideBySide);
        var column = 0;
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName) continue;
            if (column == values.Length || !reader.ValueTextEquals(shape.Columns[column])) return null;
            reader.Read();
            values[column++] = reader.GetString();
        }

        return column == values.Length ? new SourceRow(shape, values) : null;
    }

    private static List<string> Names(ReadOnlySpan<byte> image)
    {
        var names = new List<string>();
        var reader = new Utf8JsonReader(image, SideBySide);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName) names.Add(reader.GetString()!);
        }

        return names;
    }
}
