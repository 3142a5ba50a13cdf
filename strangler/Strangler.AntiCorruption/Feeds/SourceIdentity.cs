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

    /// <summary>Why changes after the stored checkpoint are lost, so that capture begins anew; empty when it goes on, or begins for the first time.</summary>
    public IReadOnlyList<string> Gap { get; init; } = [];
}

/// <summary>How far an earlier run came: every message of every transaction up to the position is safe downstream.</summary>
/// <param name="SourceId"><see cref="SourceIdentity.Id"/> of the capture that the position belongs to.</param>
/// <param name="Position">End of the last transaction whose messages, and those of all before it, are confirmed.</param>
public sealed record SourceCheckpoint(string SourceId, ulong Position)
{
    // 2^40: more than can be published between two checkpoints, in bytes of a log or rows of a trigger log.
    private const ulong Unsaved = 1UL << 40;

    /// <summary>
    /// What is added to the positions of this capture's changes to make versions: 0 for a first capture. Another log may count from anywhere, lower too,
    /// and consumers drop what is not newer than what they have.
    /// </summary>
    public ulong RaisedBy { get; init; }

    /// <summary>Where another capture begins in the place of this one: all its versions are above all of this one's, also above those that were published and not stored.</summary>
    internal SourceCheckpoint FollowedBy(SourceIdentity next)
    {
        var above = Position + RaisedBy + Unsaved;
        return new(next.Id, next.Start) { RaisedBy = next.Start + RaisedBy >= above ? RaisedBy : above - next.Start };
    }
}

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
    /// Begin capture anew and backfill every table: once, see <see cref="AntiCorruptionOptions.HealAgainAfter"/>. What was changed in the gap is healed: rows are told
    /// as they are now, and rows that are gone, as far as the layer had read them before, are taken back at the end.
    /// </summary>
    Backfill,
}
