using Strangler.Messaging;

namespace Strangler.Bench.Acl;

/// <summary>Confirms at once and forgets: what is left is everything that the layer does before it publishes.</summary>
internal sealed class SilentMedium : IMedium
{
    public int Partitions => LayerHost.Partitions;

    public Task<IMessagePublisher> OpenPublisherAsync(CancellationToken cancellation) => Task.FromResult<IMessagePublisher>(new Publisher());

    public Task<IMessageReceiver> OpenReceiverAsync(Subscription subscription, int partition, CancellationToken cancellation) => Task.FromResult<IMessageReceiver>(new Receiver());

    private sealed class Publisher : IMessagePublisher
    {
        public string? BlockedReason => null;

        public Task<Task> PublishAsync(IReadOnlyList<Envelope> messages, CancellationToken cancellation) => Task.FromResult(Task.CompletedTask);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    /// <summary>Has nothing to give.</summary>
    private sealed class Receiver : IMessageReceiver
    {
        public async Task<IReadOnlyList<Envelope>> ReceiveAsync(int limit, CancellationToken cancellation)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
            return [];
        }

        public Task AcknowledgeAsync(CancellationToken cancellation) => Task.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
