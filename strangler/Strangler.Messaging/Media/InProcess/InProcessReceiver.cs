namespace Strangler.Messaging;

internal sealed class InProcessReceiver(InProcessQueue queue) : IMessageReceiver
{
    /// <summary>Holds at most one permit: "look again".</summary>
    private readonly SemaphoreSlim wake = new(0);
    private volatile bool disposed;

    public async Task<IReadOnlyList<Envelope>> ReceiveAsync(int limit, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 10_000);

        while (true)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            cancellation.ThrowIfCancellationRequested();
            if (queue.Take(this, limit) is { Count: > 0 } taken) return taken;
            await wake.WaitAsync(cancellation);
        }
    }

    public Task AcknowledgeAsync(CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        queue.Acknowledge(this);
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        if (disposed) return ValueTask.CompletedTask;
        disposed = true;
        queue.Leave(this);
        Wake();
        return ValueTask.CompletedTask;
    }

    /// <summary>Called under the queue's lock, or after leaving it; so no two calls race to a second permit that matters.</summary>
    public void Wake()
    {
        if (wake.CurrentCount == 0) wake.Release();
    }
}
