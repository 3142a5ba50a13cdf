namespace Strangler.AntiCorruption;

/// <summary>
/// The rows of a chunk between their reading and their place in the order, kept as the changes between the two leave them. A changed row is not
/// dropped, although its change comes out by itself: a translator skips a change of columns that no message carries, and then nothing
/// would have told the rest of the row; and a large value that the change does not carry is in the row that was read. Not thread-safe.
/// </summary>
internal sealed class ChunkRows
{
    private readonly string keyColumn;
    private readonly List<SourceRow?> rows;
    private readonly Dictionary<string, int> places;
    private readonly HashSet<string> missing;

    /// <param name="request">What was asked for.</param>
    /// <param name="rows">What was read.</param>
    public ChunkRows(BackfillRequest request, IReadOnlyList<SourceRow> rows)
    {
        keyColumn = request.Table.KeyColumn;
        this.rows = [.. rows];
        places = new(rows.Count, StringComparer.Ordinal);
        for (var place = 0; place < rows.Count; place++) places.Add(KeyOf(rows[place])!, place);
        missing = [.. (request.Keys ?? []).Where(key => !places.ContainsKey(key))];
        Chunk = new(request, rows.Count, rows.Count == 0 ? request.After : KeyOf(rows[^1]));
    }

    public BackfillChunk Chunk { get; }

    /// <summary>True when changes came that cannot be applied: the rows are to be read again.</summary>
    public bool IsSpoiled { get; private set; }

    /// <summary>The rows that are there, in the order they were read.</summary>
    public IEnumerable<SourceRow> Present => rows.OfType<SourceRow>();

    /// <summary>The named rows that were not there and that no change has told of either.</summary>
    public IEnumerable<SourceRow> Missing => missing.Order(StringComparer.Ordinal).Select(key => new SourceRow(new RowShape([keyColumn]) { Whole = null }, [key]));

    /// <summary>Takes a change of the table that the rows do not contain yet.</summary>
    public void Apply(RowChange change)
    {
        var (before, after) = (KeyOf(change.Before), KeyOf(change.After));
        var (known, place) = (before ?? after) is { } key && places.Remove(key, out var found) ? (rows[found], found) : (null, -1);
        if (before is not null) missing.Remove(before);
        if (after is not null) missing.Remove(after);
        if (place < 0) return;

        rows[place] = null;
        if (change.After is not { } row || after is null) return;
        rows[place] = row.CompletedBy(known!);
        // Two rows of one key, until the next change of their transaction (a swap of keys): which one it means cannot be told.
        IsSpoiled |= !places.TryAdd(after, place);
    }

    private string? KeyOf(SourceRow? row) => row is null || !row.Has(keyColumn) || row.IsUnchanged(keyColumn) ? null : row.Text(keyColumn);
}
