namespace Strangler.AntiCorruption;

/// <summary>What became safe since the last save: every message of it is confirmed. Not thread-safe.</summary>
internal sealed class SafeProgress
{
    /// <summary>End of the last safe transaction; null when no transaction ended.</summary>
    public ulong? Position { get; private set; }

    public DateTimeOffset CommittedAt { get; private set; }

    /// <summary>Transactions that ended in it.</summary>
    public int Transactions { get; private set; }

    /// <summary>Counts of ended transactions alone, so that a transaction that is read again is counted once.</summary>
    public Tally Tally { get; } = new();

    /// <summary>Refused changes. Saved also before their transaction ends: saving one twice changes nothing.</summary>
    public List<QuarantinedChange> Quarantined { get; } = [];

    /// <summary>Changes that do not wait any more, or for another reason: taken out before <see cref="Quarantined"/> is put in.</summary>
    public List<string> Settled { get; } = [];

    /// <summary>Changes that make older refused changes of their row obsolete.</summary>
    public List<Superseding> Superseding { get; } = [];

    /// <summary>
    /// Rows that came, with the generation that saw them, and rows that went, with null. The last word counts. Saved also before their transaction ends, which may have more of them than
    /// memory should hold: consumers have heard of them, and hear the same again when it is read again.
    /// </summary>
    public Dictionary<(string Table, string Key), int?> Rows { get; } = [];

    /// <summary>Rows that are asked for by name from here on, with true, and those that were told, with false. The last word counts; saved as <see cref="Rows"/> are.</summary>
    public Dictionary<(string Table, string Key), bool> Awaited { get; } = [];

    /// <summary>Chunks of backfills that came out with ended transactions.</summary>
    public List<BackfillChunk> Chunks { get; } = [];

    /// <summary>Truncated tables, with the backfill of each that begins for it. Saved also before their transaction ends, as the <see cref="Rows"/> are that it saw.</summary>
    public Dictionary<string, int> Truncated { get; } = [];

    /// <summary>Shapes of tables that were accepted.</summary>
    public Dictionary<string, TableShape> Shapes { get; } = [];

    public bool IsEmpty => Position is null && Quarantined.Count == 0 && Settled.Count == 0 && Superseding.Count == 0 && Rows.Count == 0 && Awaited.Count == 0 && Truncated.Count == 0;

    public void EndTransaction(ulong position, DateTimeOffset committedAt, Tally tally)
    {
        (Position, CommittedAt) = (position, committedAt);
        Transactions++;
        Tally.Add(tally);
    }

    public void Add(SafeProgress later)
    {
        if (later.Position is not null) (Position, CommittedAt) = (later.Position, later.CommittedAt);
        Transactions += later.Transactions;
        Tally.Add(later.Tally);
        Settled.AddRange(later.Settled);
        Quarantined.AddRange(later.Quarantined);
        Superseding.AddRange(later.Superseding);
        Chunks.AddRange(later.Chunks);
        foreach (var (table, generation) in later.Truncated) Truncated[table] = generation;
        foreach (var (table, shape) in later.Shapes) Shapes[table] = shape;
        foreach (var (row, generation) in later.Rows) Rows[row] = generation;
        foreach (var (row, isAwaited) in later.Awaited) Awaited[row] = isAwaited;
    }
}
