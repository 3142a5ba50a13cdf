namespace Strangler.Messaging.Tests;

/// <summary>A medium that cannot be reached until it comes back.</summary>
public sealed class AwayMedium(IMedium medium) : IMedium
{
    private volatile bool back;

    public int Partitions => medium.Partitions;

    public void ComeBack() => back = true;

    public Task<IMessagePublisher> OpenPublisherAsync(CancellationToken cancellation) => medium.OpenPublisherAsync(cancellation);

    public Task<IMessageReceiver> OpenReceiverAsync(Subscription subscription, int partition, CancellationToken cancellation) =>
        back ? medium.OpenReceiverAsync(subscription, partition, cancellation) : throw new MediumLostException("Away.");
}
