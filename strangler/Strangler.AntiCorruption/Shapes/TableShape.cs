using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Strangler.AntiCorruption;

/// <summary>The columns of a table at one moment, with their types where they are known.</summary>
/// <param name="Table">The table.</param>
/// <param name="Columns">In the source's order; the type as the source spells it, empty when unknown.</param>
public sealed record TableShape(string Table, IReadOnlyList<KeyValuePair<string, string>> Columns)
{
    /// <summary>
    /// Which incarnation of the table, and of its being captured: a table that was made again, or taken out of the publication and put in again, has another
    /// one, and changes in between were not captured. Empty where the source has none.
    /// </summary>
    public string Generation { get; init; } = "";

    /// <summary>The same for the same columns and types, whatever their order; by it a person accepts a changed shape.</summary>
    public string Fingerprint { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join(
        '\n', Columns.OrderBy(static column => column.Key, StringComparer.Ordinal).Select(static column => $"{column.Key} {column.Value}"))))[..6]);

    internal static TableShape Of(string table, RowShape shape) =>
        new(table, [.. shape.Columns.Select((name, index) => KeyValuePair.Create(name, shape.Types?[index] ?? ""))]);

    internal string ToJson() => JsonSerializer.Serialize(Columns.Select(static column => new[] { column.Key, column.Value }));

    internal static TableShape Parse(string table, string json, string generation) =>
        new(table, [.. JsonSerializer.Deserialize<string[][]>(json)!.Select(static column => KeyValuePair.Create(column[0], column[1]))]) { Generation = generation };

    /// <summary>True when the columns are the same, as far as their types are known, whatever their order.</summary>
    internal bool IsAs(TableShape other) => ChangesTo(other, null) is { Read.Count: 0, Others.Count: 0 };

    /// <summary>What is another column or another type now, as sentences; a type that one side does not know is no difference.</summary>
    /// <param name="later">The later shape.</param>
    /// <param name="read">The columns that matter; null for those that were there.</param>
    /// <returns>First what concerns columns that matter, then the rest.</returns>
    internal (IReadOnlyList<string> Read, IReadOnlyList<string> Others) ChangesTo(TableShape later, IReadOnlyCollection<string>? read)
    {
        var (was, now) = (Columns.ToDictionary(), later.Columns.ToDictionary());
        var (matters, rest) = (new List<string>(), new List<string>());
        foreach (var column in read ?? [.. was.Keys])
        {
            if (!now.TryGetValue(column, out var type)) matters.Add($"column '{column}' is gone");
            else if (was.TryGetValue(column, out var old) && old != type && old.Length > 0 && type.Length > 0) matters.Add($"column '{column}' is {type}, was {old}");
        }

        foreach (var (column, type) in was.Where(column => read is not null && !read.Contains(column.Key)))
        {
            if (!now.TryGetValue(column, out var newType)) rest.Add($"column '{column}' is gone");
            else if (type != newType && type.Length > 0 && newType.Length > 0) rest.Add($"column '{column}' is {newType}, was {type}");
        }

        rest.AddRange(now.Keys.Where(column => !was.ContainsKey(column) && read?.Contains(column) != true).Select(static column => $"column '{column}' is new"));
        return (matters, rest);
    }
}
