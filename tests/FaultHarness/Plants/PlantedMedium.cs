using Strangler.Messaging;

namespace Strangler.Faults.Plants;

/// <summary>RabbitMQ with one planted fault.</summary>
internal sealed class PlantedMedium(IMedium medium, PlantKind kind) : IMedium
{
    public int Partitions => medium.Partitions;

    public async Task<IMessagePublisher> OpenPublisherAsync(CancellationToken cancellation)
    {
        var publisher = await medium.OpenPublisherAsync(cancellation);
        return kind switch
        {
            PlantKind.EarlyAcknowledgement => new EarlyPublisher(publisher),
            PlantKind.LostConfirm => new TrustingPublisher(medium, publisher),
            PlantKind.ReorderedRetry => new ReorderingPublisher(publisher),
            PlantKind.LostDelete => new ForgetfulPublisher(publisher),
            _ => publisher,
        };
    }

    public async Task<IMessageReceiver> OpenReceiverAsync(Subscription subscription, int partition, CancellationToken cancellation)
    {
        var receiver = await medium.OpenReceiverAsync(subscription, partition, cancellation);
        return kind == PlantKind.NoDuplicateGuard ? new UnguardedReceiver(receiver) : receiver;
    }
}
