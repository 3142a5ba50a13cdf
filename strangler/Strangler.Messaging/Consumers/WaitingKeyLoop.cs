using Microsoft.Extensions.Logging;

namespace Strangler.Messaging;

/// <summary>Tries paused keys again when they are due. Every process of a consumer runs one; a key is tried by one at a time.</summary>
internal sealed partial class WaitingKeyLoop(
    IMedium medium,
    ConsumerStore store,
    BatchApplier applier,
    WholeTransactions? whole,
    ConsumerOptions options,
    ConsumerStatus status,
    MessagingMetrics metrics,
    TimeProvider clock,
    ILogger logger) : IDisposable
{
    private const string Part = "waiting keys";

    /// <summary>How often the store is asked for keys that this process did not pause itself.</summary>
    private static readonly TimeSpan LookAround = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim wake = new(0);

    /// <summary>A key began to wait: look when it is due.</summary>
    public void Wake()
    {
        if (wake.CurrentCount == 0) wake.Release();
    }

    public async Task RunAsync(CancellationToken stopping, CancellationToken aborting)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var due = await Patiently(() => store.DueKeysAsync(aborting), stopping);
                status.Waiting(due.Counts);
                metrics.Waiting(store.Consumer, due.Counts);
                if (whole is not null) status.Incomplete(await Patiently(() => whole.IncompleteAsync(aborting), stopping));
                foreach (var key in due.Keys) await RetryAsync(key, stopping, aborting);
                if (due.Keys.Count == 0) await WaitAsync(due.Next, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
        }
    }

    public void Dispose() => wake.Dispose();

    private async Task RetryAsync(string key, CancellationToken stopping, CancellationToken aborting)
    {
        stopping.ThrowIfCancellationRequested();
        var outcome = await Patiently(
            () => applier.RetryAsync(key, Partitioner.PartitionOf(key, medium.Partitions), aborting), stopping);
        status.Add(outcome);
        metrics.Settled(store.Consumer, outcome);
    }

    private async Task<TResult> Patiently<TResult>(Func<Task<TResult>> action, CancellationToken stopping)
    {
        var result = await options.Backoff(clock).UntilDoneAsync<Exception, TResult>(
            _ => action(),
            (failure, pause) =>
            {
                var reason = MaskedReason.Of(failure);
                LogStoreFailed(store.Consumer, pause, reason);
                status.Trouble(Part, $"the store cannot be reached: {reason}");
            },
            stopping);
        status.Fine(Part);
        return result;
    }

    private async Task WaitAsync(DateTimeOffset? next, CancellationToken stopping)
    {
        var untilNext = next is null ? LookAround : next.Value - clock.GetUtcNow();
        if (untilNext <= TimeSpan.Zero) return;

        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        either.CancelAfter(untilNext < LookAround ? untilNext : LookAround);
        try
        {
            await wake.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            // Time to look.
        }
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "Consumer {Consumer} cannot read its waiting keys, trying again in {Pause}: {Reason}")]
    private partial void LogStoreFailed(string consumer, TimeSpan pause, string reason);
}
