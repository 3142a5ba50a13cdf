using Strangler.Messaging;

namespace Strangler.AntiCorruption.Tests;

/// <summary>A medium whose messages arrive but whose confirms fail or never come, when told so.</summary>
public sealed class FaultyMedium(IMedium inner) : IMedium
{
    private int failNext;
    private int batches;
    private int failures;

    public bool SwallowConfirms { get; set; }

    /// <summary>How long a confirm takes: a broker that is far away, or whose disk is slow.</summary>
    public TimeSpan ConfirmTakes { get; init; }

    /// <summary>No confirm comes after so many messages; 0 for never.</summary>
    public int SwallowConfirmsAfter { get; init; }

    /// <summary>So many of the next batches fail after they were sent.</summary>
    public int FailNextConfirms
    {
        get => Volatile.Read(ref failNext);
        set => Volatile.Write(ref failNext, value);
    }

    /// <summary>The batch with this number, counted from now, fails.</summary>
    public int FailConfirmAt
    {
        get => failAt;
        set => (failAt, batches) = (value, 0);
    }

    private int failAt;

    public int Failures => Volatile.Read(ref failures);

    /// <summary>Position of the last version of which every message, and every message of the publisher before it, is confirmed.</summary>
    public ulong ConfirmedPosition { get; private set; }

    /// <summary>Everything that was given to it, in that order.</summary>
    public System.Collections.Concurrent.ConcurrentQueue<Envelope> Published { get; } = new();

    public int Partitions => inner.Partitions;

    public async Task<IMessagePublisher> OpenPublisherAsync(CancellationToken cancellation) =>
        new Publisher(this, await inner.OpenPublisherAsync(cancellation));

    public Task<IMessageReceiver> OpenReceiverAsync(Subscription subscription, int partition, CancellationToken cancellation) =>
        inner.OpenReceiverAsync(subscription, partition, cancellation);

    private sealed class Publisher(FaultyMedium medium, IMessagePublisher inner) : IMessagePublisher
    {
        private bool failed;
        private Task confirmed = Task.CompletedTask;

        public string? BlockedReason => inner.BlockedReason;

        public async Task<Task> PublishAsync(IReadOnlyList<Envelope> messages, CancellationToken cancellation)
        {
            if (failed) throw new PublishFailedException("An earlier message failed.");
            foreach (var message in messages) medium.Published.Enqueue(message);
            var safe = await inner.PublishAsync(messages, cancellation);
            var number = Interlocked.Increment(ref medium.batches);
            if (medium.SwallowConfirms || (medium.SwallowConfirmsAfter > 0 && medium.Published.Count > medium.SwallowConfirmsAfter)) return new TaskCompletionSource().Task;
            if (number == medium.FailConfirmAt || (medium.FailNextConfirms > 0 && Interlocked.Decrement(ref medium.failNext) >= 0))
            {
                failed = true;
                Interlocked.Increment(ref medium.failures);
                return FailAsync(safe);
            }

            return confirmed = ConfirmAsync(confirmed, safe, messages);
        }

        public ValueTask DisposeAsync() => inner.DisposeAsync();

        private static async Task FailAsync(Task safe)
        {
            await safe;
            throw new PublishFailedException("The confirm was lost on purpose.");
        }

        private async Task ConfirmAsync(Task before, Task safe, IReadOnlyList<Envelope> messages)
        {
            await before;
            await safe;
            if (medium.ConfirmTakes > TimeSpan.Zero) await Task.Delay(medium.ConfirmTakes);
            medium.ConfirmedPosition = Math.Max(medium.ConfirmedPosition, messages[^1].Version.Position);
        }
    }
}
