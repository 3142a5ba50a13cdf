namespace Strangler.AntiCorruption;

/// <summary>Reads committed changes of a source database in commit order. Implementations: PostgreSQL logical replication and a trigger-written log; one contract suite holds both.</summary>
public interface IChangeFeed : IAsyncDisposable
{
    /// <summary>
    /// Makes capture ready (publication and slot, or log table and triggers) and checks it. Safe to call again.
    /// </summary>
    /// <param name="tables">The tables to capture.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Identity of the source and the position from which every later change will be seen.</returns>
    /// <exception cref="SourceRefusedException">The source cannot be captured as it is; lists every reason and its cure.</exception>
    Task<SourceIdentity> PrepareAsync(IReadOnlyList<CapturedTable> tables, CancellationToken cancellation);

    /// <summary>Reads a consistent image of the rows that exist now, table by table in key order, resuming after a key.</summary>
    /// <param name="table">The table.</param>
    /// <param name="afterKey">Key of the last row already taken; null to begin.</param>
    /// <param name="cancellation">Stops between chunks.</param>
    /// <returns>Chunks of rows as inserts; each chunk's versions say as of which position it was read, so that a later change always wins.</returns>
    IAsyncEnumerable<BackfillChunk> BackfillAsync(CapturedTable table, string? afterKey, CancellationToken cancellation);

    /// <summary>Streams source transactions committed after <paramref name="after"/>, waiting for new ones; ends only by cancellation or an error.</summary>
    /// <param name="after">Last position already safe downstream; 0 from the beginning of capture.</param>
    /// <param name="cancellation">Ends the stream.</param>
    IAsyncEnumerable<SourceTransaction> ReadAsync(ulong after, CancellationToken cancellation);

    /// <summary>Tells the source that everything up to the position is stored in our checkpoint, so it may forget it.</summary>
    /// <param name="position">A stored checkpoint; never ahead of it.</param>
    void Acknowledge(ulong position);

    /// <summary>The newest position of the source, for lag.</summary>
    /// <param name="cancellation">Gives up.</param>
    Task<ulong> HeadAsync(CancellationToken cancellation);
}

/// <summary>A table to capture.</summary>
/// <param name="Name">As the source spells it.</param>
/// <param name="KeyColumn">Its single key column.</param>
/// <param name="NeedsBefore">True when whole old rows are wanted.</param>
public sealed record CapturedTable(string Name, string KeyColumn, bool NeedsBefore);

/// <summary>Which database this is, so that a checkpoint is never applied to another one.</summary>
/// <param name="Id">Stable identity, for example PostgreSQL's system identifier and database, or the log's own id.</param>
/// <param name="Start">Position from which capture is complete.</param>
public sealed record SourceIdentity(string Id, ulong Start);

/// <summary>Rows read by a backfill.</summary>
/// <param name="Rows">Inserts in key order.</param>
/// <param name="LastKey">Key of the last row, to resume after.</param>
/// <param name="TotalRows">Estimate of the rows of the table, for progress.</param>
public sealed record BackfillChunk(IReadOnlyList<RowChange> Rows, string LastKey, long TotalRows);

/// <summary>The source cannot be captured as it is.</summary>
/// <param name="problems">Every problem with its cure.</param>
public sealed class SourceRefusedException(IReadOnlyList<string> problems) : Exception(string.Join(Environment.NewLine, problems))
{
    /// <summary>Every problem with its cure.</summary>
    public IReadOnlyList<string> Problems { get; } = problems;
}
