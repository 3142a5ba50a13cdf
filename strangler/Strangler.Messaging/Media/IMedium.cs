namespace Strangler.Messaging;

/// <summary>What carries messages between publishers and consumers. Implementations: in-process and RabbitMQ; one contract suite holds both.</summary>
public interface IMedium
{
    /// <summary>Opens a publisher. Cheap to hold, not to open: one a producing component.</summary>
    /// <param name="cancellation">Gives up waiting for the medium.</param>
    Task<IMessagePublisher> OpenPublisherAsync(CancellationToken cancellation);

    /// <summary>
    /// Opens the receiver of one partition of one consumer, declaring what it needs on the medium. Several processes may open the same
    /// partition: one is active, the others stand by.
    /// </summary>
    /// <param name="subscription">Who consumes what.</param>
    /// <param name="partition">0 up to, not including, <see cref="Partitions"/>.</param>
    /// <param name="cancellation">Gives up waiting for the medium.</param>
    Task<IMessageReceiver> OpenReceiverAsync(Subscription subscription, int partition, CancellationToken cancellation);

    /// <summary>Number of partitions that keys are hashed to; 1 to 256. The same for every publisher and consumer of the medium.</summary>
    int Partitions { get; }

    /// <summary>The medium that this one takes over from: consumers take what is left there before they take anything here. Null when there is none.</summary>
    IMedium? Former => null;

    /// <summary>Name of the medium, by which its closing is remembered.</summary>
    string Name => "";
}

/// <summary>Who consumes what: a named consumer and the message types it wants.</summary>
/// <param name="Consumer">Stable name of the consumer, for example <c>periodical-dates</c>; part of queue names.</param>
/// <param name="Types">Wire names of message types, exact, at least one.</param>
public sealed record Subscription(string Consumer, IReadOnlyList<string> Types);
