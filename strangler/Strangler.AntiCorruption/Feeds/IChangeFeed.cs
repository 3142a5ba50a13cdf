namespace Strangler.AntiCorruption;

/// <summary>
/// Reads committed changes of a source database in commit order. Implementations: PostgreSQL logical replication
///  and a trigger-written log (<see cref="TriggerLogFeed"/>); one contract suite holds both.
/// One reader at a time: a feed is not thread-safe, except <see cref="Acknowledge"/>, <see cref="HeadAsync"/>, <see cref="LastContact"/>,
/// and that a backfill is asked for beside the reading.
/// </summary>
public interface IChangeFeed : IAsyncDisposable
{
    /// <summary>
    /// Makes capture ready (publication and slot, or log table and triggers) and checks it. Safe to call again.
    /// </summary>
    /// <param name="tables">The tables to capture; at least one.</param>
    /// <param name="stored">The checkpoint of an earlier run; null the first time.</param>
    /// <param name="onGap">What to do when the source no longer holds every change after <paramref name="stored"/>.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Identity of the capture and the position from which every later change will be seen. Another identity than the stored one
    /// means that capture began anew: every table must be backfilled again, and positions may count from anywhere.</returns>
    /// <exception cref="SourceRefusedException">The source cannot be captured as it is; lists every reason and its cure.</exception>
    /// <exception cref="SourceGapException">Changes after the stored checkpoint may be lost, and <paramref name="onGap"/> is <see cref="GapPolicy.Stop"/>.</exception>
    Task<SourceIdentity> PrepareAsync(IReadOnlyList<CapturedTable> tables, SourceCheckpoint? stored, GapPolicy onGap, CancellationToken cancellation);

    /// <summary>
    /// Looks at the source as <see cref="PrepareAsync"/> does, and further, and changes nothing: everything that stands in the way of capture or will some
    /// day, with its cure. An error is what the start refuses.
    /// </summary>
    /// <param name="tables">The tables to capture; at least one.</param>
    /// <param name="stored">The checkpoint of an earlier run; null when none is known.</param>
    /// <param name="cancellation">Gives up.</param>
    Task<IReadOnlyList<SourceFinding>> ExamineAsync(IReadOnlyList<CapturedTable> tables, SourceCheckpoint? stored, CancellationToken cancellation);

    /// <summary>
    /// Ends the reading of another process that had this capture before and may not know yet that it has it no more. Called by a layer that has taken over, before it reads.
    /// </summary>
    /// <param name="cancellation">Gives up.</param>
    Task EndOthersAsync(CancellationToken cancellation) => Task.CompletedTask;

    /// <summary>Says how far a backfill that begins now goes.</summary>
    /// <param name="table">A prepared table that has a key column.</param>
    /// <param name="filter">Which rows are wanted.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="BackfillFailedException">The table cannot be read so.</exception>
    Task<BackfillExtent> MeasureAsync(CapturedTable table, BackfillFilter filter, CancellationToken cancellation);

    /// <summary>
    /// Reads rows of a table as they are now, beside the changes: they come out of <see cref="ReadAsync"/>, which must be running, as a transaction
    /// of their own (<see cref="SourceTransaction.Chunk"/>), at a place where every change before is contained in them and no change after is. So
    /// none of them ever wins over a newer change. One request at a time.
    /// </summary>
    /// <param name="request">Which rows.</param>
    /// <param name="cancellation">Withdraws the request; rows that have come out by then are returned all the same.</param>
    /// <returns>The chunk, when it has come out.</returns>
    /// <exception cref="BackfillFailedException">The rows cannot be read; the stream goes on.</exception>
    Task<BackfillChunk> BackfillAsync(BackfillRequest request, CancellationToken cancellation);

    /// <summary>Streams source transactions committed after <paramref name="after"/>, waiting for new ones; ends only by cancellation (without an error) or an error.</summary>
    /// <param name="after">Last position already safe downstream; 0 for the beginning of capture.</param>
    /// <param name="cancellation">Ends the stream.</param>
    /// <exception cref="SourceGapException">Changes were lost while reading, for example because triggers or the slot were dropped.</exception>
    IAsyncEnumerable<SourceTransaction> ReadAsync(ulong after, CancellationToken cancellation);

    /// <summary>Tells the source that everything up to the position is stored in our checkpoint, so it may forget it. Returns at once.</summary>
    /// <param name="position">A stored checkpoint; never ahead of it.</param>
    void Acknowledge(ulong position);

    /// <summary>Where the source is now, for lag.</summary>
    /// <param name="cancellation">Gives up.</param>
    Task<SourceHead> HeadAsync(CancellationToken cancellation);

    /// <summary>When the source last answered, UTC; null before the first answer.</summary>
    DateTimeOffset? LastContact { get; }

    /// <summary>Takes everything out of the source that capture put there (publication and slot, or log and triggers). Changes made afterwards are not seen.</summary>
    /// <param name="cancellation">Gives up.</param>
    Task RemoveAsync(CancellationToken cancellation);
}
