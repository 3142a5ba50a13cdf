namespace Strangler.Messaging;

internal sealed class InProcessPublisher(InProcessMedium medium, SemaphoreSlim window) : IMessagePublisher
{
    /// <summary>Held by the call whose messages are being sent. Asynchronous waiters of a <see cref="SemaphoreSlim"/> are served first come, first served.</summary>
    private readonly SemaphoreSlim turn = new(1);
    private readonly CancellationTokenSource disposed = new();
    private Exception? fault;

    public string? BlockedReason => null;

    public async Task<Task> PublishAsync(IReadOnlyList<Envelope> messages, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ArgumentOutOfRangeException.ThrowIfZero(messages.Count);
        ObjectDisposedException.ThrowIf(disposed.IsCancellationRequested, this);

        var encoded = messages.Select(EnvelopeHeaders.Write).ToList();

        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, disposed.Token);
        await turn.WaitAsync(either.Token);
        try
        {
            if (fault is not null) throw new PublishFailedException("An earlier message failed; open another publisher and resend.", fault);
            return await SendAsync(messages, encoded, either.Token);
        }
        catch (Exception exception) when (exception is not PublishFailedException)
        {
            // Some of the messages may be on their way: going on would send later ones behind a hole.
            fault = exception;
            throw;
        }
        finally
        {
            turn.Release();
        }
    }

    public ValueTask DisposeAsync()
    {
        disposed.Cancel();
        return ValueTask.CompletedTask;
    }

    private async Task<Task> SendAsync(
        IReadOnlyList<Envelope> messages, List<Dictionary<string, object?>> encoded, CancellationToken cancellation)
    {
        var batch = new PublishedBatch(messages.Count);
        foreach (var (message, headers) in messages.Zip(encoded))
        {
            var partition = Partitioner.PartitionOf(message.Key, medium.Partitions);
            var bound = medium.QueuesBoundFor(message.Type, partition);
            if (bound.Count == 0)
            {
                fault = new UnroutableMessageException(message.Id, $"{partition}.{message.Type}");
                batch.Fail(fault);
                break;
            }

            await window.WaitAsync(cancellation);
            var sent = new InProcessMessage(headers, message.Data.ToArray(), bound.Count, window, batch);
            foreach (var queue in bound) queue.Enqueue(sent);
        }

        return batch.Safe;
    }
}
