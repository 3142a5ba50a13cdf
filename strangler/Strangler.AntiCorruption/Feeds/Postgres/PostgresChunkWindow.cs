namespace Strangler.AntiCorruption;

/// <summary>
/// Where a chunk of a backfill meets the stream. It is open from before the rows are read until the marker that follows them comes back through
/// the log. The order of commit records and the order in which commits become visible differ, so each transaction that is streamed meanwhile is
/// judged by the snapshot of the reading: what it sees is in the rows, what it does not see is applied to them. A transaction that was streamed
/// before the window opened must be seen, or the rows would be older than what was published: then the chunk is read again. Thread-safe: the
/// reader of the stream on one side, one backfill on the other.
/// </summary>
/// <remarks>
/// After DBLog (Andreakis, Papapanagiotou, "DBLog: A Watermark Based Change-Data-Capture Framework", arXiv:2010.12597), which keeps nothing of a
/// changed row and judges by the place of the watermark alone; see <see cref="ChunkRows"/> and the decision "Rows and changes in one order".
/// </remarks>
internal sealed class PostgresChunkWindow
{
    /// <summary>Changes kept while a chunk is read; more, and it is read again.</summary>
    private const int MostRecorded = 20_000;

    /// <summary>Transactions kept until a snapshot has been seen to see them; more, and they are forgotten, and the next backfill begins with a barrier again.</summary>
    private const int MostStreamed = 50_000;

    private readonly Lock gate = new();

    // Streamed while no chunk, or another one, was open, and not known to be visible yet.
    private readonly HashSet<uint> streamed = [];
    private volatile bool watching;
    private Opening? open;
    private Opening? openAtBegin;
    private uint xid;

    /// <summary>
    /// Number of a transaction that began after the watching did: of those below it nobody here knows whether they were streamed, so a snapshot of
    /// a chunk must see them all. Null when the watching has not begun.
    /// </summary>
    public ulong? Barrier { get; private set; }

    /// <summary>From now on streamed transactions are kept in mind.</summary>
    public void Watch()
    {
        lock (gate)
        {
            watching = true;
            Barrier = null;
        }
    }

    /// <param name="barrier">A transaction that began after <see cref="Watch"/>.</param>
    public void Bar(ulong barrier)
    {
        lock (gate)
        {
            if (watching) Barrier = barrier;
        }
    }

    /// <summary>The stream begins a transaction.</summary>
    public void Begin(uint transaction)
    {
        if (!watching) return;
        lock (gate)
        {
            (xid, openAtBegin) = (transaction, open);
            streamed.Add(xid);
            if (streamed.Count > MostStreamed) Forget();
        }
    }

    /// <summary>The stream passes a change on.</summary>
    public void Streamed(RowChange change)
    {
        if (!watching) return;
        lock (gate)
        {
            if (open is { } chunk && chunk == openAtBegin && chunk.Request.Table.Name == change.Table) chunk.Take(xid, change);
        }
    }

    /// <summary>The stream has come to a marker.</summary>
    /// <returns>The rows that stand here; null when nobody waits for it any more.</returns>
    public ChunkRows? Arrived(string marker)
    {
        lock (gate)
        {
            if (open?.Marker != marker) return null;
            var chunk = open;
            open = null;
            return chunk.Arrive();
        }
    }

    /// <summary>The stream has ended: whoever waits for a marker waits in vain.</summary>
    public void Abandon()
    {
        lock (gate)
        {
            open?.Fail("the stream has ended");
            open = null;
        }
    }

    public Opening Open(BackfillRequest request)
    {
        lock (gate)
        {
            if (open is not null) throw new InvalidOperationException("One chunk at a time.");
            return open = new(request, [.. streamed]);
        }
    }

    /// <summary>Puts the rows that were read into the window; from now on they follow the changes.</summary>
    /// <returns>False when they may be older than what was streamed before: read them again.</returns>
    public bool TryPlace(Opening opening, PostgresSnapshot snapshot, IReadOnlyList<SourceRow> rows)
    {
        lock (gate)
        {
            streamed.RemoveWhere(snapshot.Sees);
            return snapshot.Xmin >= Barrier && opening.Before.All(snapshot.Sees) && opening.TryPlace(snapshot, rows);
        }
    }

    /// <summary>Closes the window, if the marker has not.</summary>
    /// <returns>False when the chunk has come out.</returns>
    public bool Withdraw(Opening opening)
    {
        lock (gate)
        {
            if (open == opening) open = null;
            return !opening.Arrival.IsCompletedSuccessfully;
        }
    }

    private void Forget()
    {
        streamed.Clear();
        watching = false;
        Barrier = null;
    }

    /// <summary>One chunk on its way.</summary>
    internal sealed class Opening(BackfillRequest request, IReadOnlyList<uint> before)
    {
        private readonly TaskCompletionSource<BackfillChunk> arrival = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private List<(uint Xid, RowChange Change)>? recorded = [];
        private PostgresSnapshot? snapshot;
        private ChunkRows? rows;

        public BackfillRequest Request { get; } = request;

        /// <summary>Transactions that were streamed before.</summary>
        public IReadOnlyList<uint> Before { get; } = before;

        /// <summary>What the marker says.</summary>
        public string Marker { get; } = Guid.NewGuid().ToString("N");

        /// <summary>Ends when the chunk comes out.</summary>
        public Task<BackfillChunk> Arrival => arrival.Task;

        public void Take(uint xid, RowChange change)
        {
            if (rows is not null)
            {
                if (!snapshot!.Sees(xid)) rows.Apply(change);
            }
            else if (recorded is not null)
            {
                recorded.Add((xid, change));
                if (recorded.Count > MostRecorded) recorded = null;
            }
        }

        public bool TryPlace(PostgresSnapshot seen, IReadOnlyList<SourceRow> read)
        {
            if (recorded is null) return false;
            (snapshot, rows) = (seen, new(Request, read));
            foreach (var (xid, change) in recorded)
            {
                if (!seen.Sees(xid)) rows.Apply(change);
            }

            recorded = null;
            return true;
        }

        public ChunkRows? Arrive()
        {
            if (rows!.IsSpoiled)
            {
                Fail("its keys changed places meanwhile");
                return null;
            }

            arrival.SetResult(rows.Chunk);
            return rows;
        }

        public void Fail(string reason) => arrival.TrySetException(new BackfillFailedException(Request.Table.Name, reason, isPassing: true));
    }
}
