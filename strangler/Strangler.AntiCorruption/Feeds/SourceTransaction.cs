namespace Strangler.AntiCorruption;

/// <summary>
/// The changes of one committed source transaction, in order, or one part of them: a large transaction comes in parts, so that memory stays
/// bounded, and only its last part has <see cref="EndsTransaction"/>. A checkpoint never lies inside a transaction. SQLite: everything committed
/// since the last look is taken as one transaction, because a trigger cannot see where a transaction ends.
/// </summary>
/// <param name="Position">Position to store as checkpoint once this is safe; strictly increasing from one ended transaction of a feed to the next. Meaningless in a part that does not end it.</param>
/// <param name="CommittedAt">Commit time, UTC.</param>
/// <param name="Changes">The changes of captured tables, in the order they were made; empty for a sign of life of a quiet source.</param>
public sealed record SourceTransaction(ulong Position, DateTimeOffset CommittedAt, IReadOnlyList<RowChange> Changes)
{
    /// <summary>True when no further part of the same transaction follows.</summary>
    public bool EndsTransaction { get; init; } = true;

    /// <summary>
    /// True when changes of several transactions may be in it, because the source does not tell them apart. Its messages then do not say which transaction they are of, so that
    /// nobody takes a part for the whole.
    /// </summary>
    public bool MayHoldSeveral { get; init; }

    /// <summary>
    /// Tables that were truncated at this place, after <see cref="Changes"/>: all their rows are gone, and nothing says which there were. A part that names any does not end its
    /// transaction. Empty for none.
    /// </summary>
    public IReadOnlyList<string> Truncated { get; init; } = [];

    /// <summary>
    /// The chunk of a backfill that the changes are: each an insert that says how a row stood at this place of the order, with everything changed
    /// before and nothing changed after. Null for what legacy changed.
    /// </summary>
    public BackfillChunk? Chunk { get; init; }
}
