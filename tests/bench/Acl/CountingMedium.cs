using System.Diagnostics;
using Strangler.Messaging;

namespace Strangler.Bench.Acl;

/// <summary>The real medium, watched: says when the messages of a round are confirmed.</summary>
internal sealed class CountingMedium(IMedium medium) : IMedium
{
    private readonly TaskCompletionSource opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Expected expected = new(ulong.MaxValue, 0);

    public int Partitions => medium.Partitions;

    /// <summary>Ends when a publisher was opened for the first time.</summary>
    public Task Opened => opened.Task;

    /// <summary>Messages sent since the last <see cref="ExpectAsync"/>. A pump that was stopped may send its last ones again.</summary>
    public int Sent { get; private set; }

    /// <summary>Waits for messages of changes after a position.</summary>
    /// <returns>Ends when so many are confirmed, with the timestamp of that moment.</returns>
    public Task<long> ExpectAsync(ulong after, int messages)
    {
        Sent = 0;
        expected = new(after, messages);
        return expected.Reached;
    }

    public async Task<IMessagePublisher> OpenPublisherAsync(CancellationToken cancellation)
    {
        var publisher = await medium.OpenPublisherAsync(cancellation);
        opened.TrySetResult();
        return new Publisher(publisher, this);
    }

    public Task<IMessageReceiver> OpenReceiverAsync(Subscription subscription, int partition, CancellationToken cancellation) =>
        medium.OpenReceiverAsync(subscription, partition, cancellation);

    private sealed class Publisher(IMessagePublisher publisher, CountingMedium owner) : IMessagePublisher
    {
        public string? BlockedReason => publisher.BlockedReason;

        public async Task<Task> PublishAsync(IReadOnlyList<Envelope> messages, CancellationToken cancellation)
        {
            var round = owner.expected;
            var count = messages.Count(message => message.Version.Position > round.After);
            owner.Sent += messages.Count;
            var safe = await publisher.PublishAsync(messages, cancellation);
            return CountAsync(safe, round, count);
        }

        public ValueTask DisposeAsync() => publisher.DisposeAsync();

        private static async Task CountAsync(Task safe, Expected round, int count)
        {
            await safe;
            round.Confirmed(count);
        }
    }

    private sealed class Expected(ulong after, int messages)
    {
        private readonly TaskCompletionSource<long> reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int confirmed;

        public ulong After => after;

        public Task<long> Reached => reached.Task;

        public void Confirmed(int count)
        {
            if (Interlocked.Add(ref confirmed, count) >= messages) reached.TrySetResult(Stopwatch.GetTimestamp());
        }
    }
}
