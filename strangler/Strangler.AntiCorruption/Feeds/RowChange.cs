using Strangler.Messaging;

namespace Strangler.AntiCorruption;

/// <summary>What happened to a row.</summary>
public enum ChangeKind
{
    /// <summary>A row that was not there before, or, in a backfill, a row that exists.</summary>
    Insert,

    /// <summary>A row that changed. A feed gives a row whose key changed too in this form; a translator gets it as a row gone and a row come.</summary>
    Update,

    /// <summary>A row that is gone.</summary>
    Delete,
}

/// <summary>One committed change of one legacy row.</summary>
/// <param name="Table">Name of the table as the source spells it, without a schema when it is the default one.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Before">
/// The old row. Whole when the source records it (see <see cref="ITranslator.NeedsBefore"/>); otherwise the key columns alone for a delete
/// and for an update that changed the key, and null for any other update. Null for an insert, never null for a delete.
/// </param>
/// <param name="After">The new row; null for a delete.</param>
/// <param name="Version">
/// Place in the order of its key: commit position and ordinal within the source transaction. After a gap the layer adds <see cref="SourceCheckpoint.RaisedBy"/> to the
/// position, so that a message's version is above all before, whatever the log now counts from.
/// </param>
/// <param name="CommittedAt">Commit time of the source transaction, UTC (SQLite: time of the statement); for a backfill, the time of its snapshot.</param>
public sealed record RowChange(
    string Table,
    ChangeKind Kind,
    SourceRow? Before,
    SourceRow? After,
    MessageVersion Version,
    DateTimeOffset CommittedAt)
{
    /// <summary>True when it gave the row another key.</summary>
    internal bool Moves(string keyColumn) =>
        Kind == ChangeKind.Update && Before is { } was && was.Has(keyColumn) && After is { } now && was.Text(keyColumn) != now.Text(keyColumn);
}
