namespace Strangler.AntiCorruption;

/// <summary>Where a backfill asks the reader of the log for rows, one chunk at a time. Thread-safe.</summary>
internal sealed class ChunkRequests
{
    private readonly Lock gate = new();
    private TaskCompletionSource any = New();
    private Waiter? waiting;

    /// <summary>Who waits for rows; null when nobody does.</summary>
    public Waiter? Waiting
    {
        get
        {
            lock (gate) return waiting is { Arrival.IsCompleted: false } ? waiting : null;
        }
    }

    /// <summary>Ends when somebody waits.</summary>
    public Task AnyAsync()
    {
        lock (gate) return any.Task;
    }

    public async Task<BackfillChunk> AskAsync(BackfillRequest request, CancellationToken cancellation)
    {
        var waiter = new Waiter(request);
        lock (gate)
        {
            if (waiting is not null) throw new InvalidOperationException("One chunk at a time.");
            waiting = waiter;
            any.SetResult();
        }

        await using var withdrawing = cancellation.Register(() => waiter.Withdraw(cancellation));
        try
        {
            return await waiter.Arrival;
        }
        finally
        {
            lock (gate)
            {
                waiting = null;
                any = New();
            }
        }
    }

    /// <summary>The reader is there until this is disposed; then whoever waits is told that it waits in vain.</summary>
    public IDisposable Serve() => new Service(this);

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>One chunk on its way: it comes out, or fails, or is withdrawn, whichever is first.</summary>
    internal sealed class Waiter(BackfillRequest request)
    {
        private readonly TaskCompletionSource<BackfillChunk> arrival = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public BackfillRequest Request { get; } = request;

        public Task<BackfillChunk> Arrival => arrival.Task;

        /// <returns>False when nobody waits for it any more.</returns>
        public bool TryArrive(BackfillChunk chunk) => arrival.TrySetResult(chunk);

        public void Fail(Exception failure) => arrival.TrySetException(failure);

        public void Withdraw(CancellationToken cancellation) => arrival.TrySetCanceled(cancellation);
    }

    private sealed class Service(ChunkRequests requests) : IDisposable
    {
        public void Dispose()
        {
            if (requests.Waiting is { } waiter) waiter.Fail(new BackfillFailedException(waiter.Request.Table.Name, "the stream has ended", isPassing: true));
        }
    }
}
