using Strangler.Messaging;

namespace Strangler.AntiCorruption;

/// <summary>What happened to a row.</summary>
public enum ChangeKind
{
    /// <summary>A row that was not there before, or, in a backfill, a row that exists.</summary>
    Insert,

    /// <summary>A row that changed; its key may have changed too.</summary>
    Update,

    /// <summary>A row that is gone.</summary>
    Delete,
}

/// <summary>One committed change of one legacy row.</summary>
/// <param name="Table">Name of the table as the source spells it, without a schema when it is the default one.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Before">The old row: whole when the source records it (see <see cref="ITranslator.NeedsBefore"/>), its key columns alone or null otherwise. Never null for a delete.</param>
/// <param name="After">The new row; null for a delete.</param>
/// <param name="Version">Place in the order of its key: commit position and ordinal within the source transaction.</param>
/// <param name="CommittedAt">Commit time of the source transaction, UTC; for a backfill, the time of its snapshot.</param>
public sealed record RowChange(
    string Table,
    ChangeKind Kind,
    SourceRow? Before,
    SourceRow? After,
    MessageVersion Version,
    DateTimeOffset CommittedAt);

/// <summary>The changes of one committed source transaction, in order. It is taken as a whole: a checkpoint never lies inside it.</summary>
/// <param name="Position">Commit position; strictly increasing from one transaction of a feed to the next.</param>
/// <param name="CommittedAt">Commit time, UTC.</param>
/// <param name="Changes">The changes of captured tables, in the order they were made; may be empty.</param>
public sealed record SourceTransaction(ulong Position, DateTimeOffset CommittedAt, IReadOnlyList<RowChange> Changes);
