namespace Strangler.AntiCorruption;

/// <summary>Asks a feed for rows of a table as they are now: the next ones in the order of the key, or named ones.</summary>
/// <param name="Table">A prepared table that has a key column.</param>
/// <param name="Generation">Which backfill of the table this is, counted from 1; comes back with the chunk.</param>
/// <param name="Rows">At most so many; at least 1.</param>
public sealed record BackfillRequest(CapturedTable Table, int Generation, int Rows)
{
    /// <summary>Key of the last row already taken, as text; null to begin.</summary>
    public string? After { get; init; }

    /// <summary>Key of the last row wanted, as text; null for all.</summary>
    public string? UpTo { get; init; }

    /// <summary>Which rows are wanted; <see cref="BackfillFilter.All"/> when nothing is said.</summary>
    public BackfillFilter Filter { get; init; } = BackfillFilter.All;

    /// <summary>
    /// Keys of the rows wanted, as text, instead of the next ones; null for the next ones. A named row that is not there comes as a delete whose
    /// <see cref="RowChange.Before"/> holds the key column alone, whatever <see cref="CapturedTable.NeedsBefore"/> says.
    /// </summary>
    public IReadOnlyList<string>? Keys { get; init; }
}
