namespace Strangler.Messaging.Tests;

/// <summary>A medium whose receivers die when they are asked to acknowledge: the store has committed, the medium does not know.</summary>
public sealed class DyingMedium(IMedium medium) : IMedium
{
    private volatile bool alive;
    private int deaths;

    public int Deaths => Volatile.Read(ref deaths);

    public int Partitions => medium.Partitions;

    public void StopDying() => alive = true;

    public Task<IMessagePublisher> OpenPublisherAsync(CancellationToken cancellation) => medium.OpenPublisherAsync(cancellation);

    public async Task<IMessageReceiver> OpenReceiverAsync(Subscription subscription, int partition, CancellationToken cancellation) =>
        new Receiver(await medium.OpenReceiverAsync(subscription, partition, cancellation), this);

    private sealed class Receiver(IMessageReceiver receiver, DyingMedium owner) : IMessageReceiver
    {
        public Task<IReadOnlyList<Envelope>> ReceiveAsync(int limit, CancellationToken cancellation) => receiver.ReceiveAsync(Math.Min(limit, 7), cancellation);

        public Task AcknowledgeAsync(CancellationToken cancellation)
        {
            if (owner.alive) return receiver.AcknowledgeAsync(cancellation);
            Interlocked.Increment(ref owner.deaths);
            throw new MediumLostException("The receiver died.");
        }

        public ValueTask DisposeAsync() => receiver.DisposeAsync();
    }
}
