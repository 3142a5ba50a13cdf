namespace Strangler.AntiCorruption;

/// <summary>Which capture of which database this is, so that a checkpoint is never applied to another one.</summary>
/// <param name="Id">
/// PostgreSQL: system identifier, timeline, database, slot and the position where the slot was made. SQLite: the random id of the log.
/// A recreated slot or log has another one.
/// </param>
/// <param name="Start">Position from which capture is complete.</param>
public sealed record SourceIdentity(string Id, ulong Start)
{
    /// <summary>The captured tables as the source describes them now.</summary>
    public IReadOnlyList<TableShape> Shapes { get; init; } = [];
}

/// <summary>How far an earlier run came: every message of every transaction up to the position is safe downstream.</summary>
/// <param name="SourceId"><see cref="SourceIdentity.Id"/> of the capture that the position belongs to.</param>
/// <param name="Position">End of the last transaction whose messages, and those of all before it, are confirmed.</param>
public sealed record SourceCheckpoint(string SourceId, ulong Position);

/// <summary>Where the source is.</summary>
/// <param name="Position">Its newest position.</param>
/// <param name="Unit">What the difference of two positions counts: <c>bytes</c> of write-ahead log, or <c>rows</c> of the trigger log.</param>
/// <param name="Retained">What the source keeps on our behalf, in the same unit: PostgreSQL, write-ahead log held by the slot; SQLite, rows of the log. Null when unknown.</param>
public sealed record SourceHead(ulong Position, string Unit, long? Retained);

/// <summary>What to do when the source no longer holds every change after the stored checkpoint.</summary>
public enum GapPolicy
{
    /// <summary>Refuse to run and say so, until a person decides.</summary>
    Stop,

    /// <summary>
    /// Begin capture anew and backfill every table. What was changed in the gap is healed: rows are told as they are now, and rows that are gone, as
    /// far as the layer had read them before, are taken back at the end.
    /// </summary>
    Backfill,
}
