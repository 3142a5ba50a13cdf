using RabbitMQ.Client;

namespace Strangler.Messaging;

/// <summary>A message on its way, and who waits until it is safe.</summary>
/// <param name="message">The message.</param>
/// <param name="batch">Who waits.</param>
internal readonly struct Outgoing(Envelope message, PublishedBatch batch)
{
    public Envelope Message { get; } = message;

    public PublishedBatch Batch { get; } = batch;

    /// <summary>Made when the message is handed in, not while others wait.</summary>
    public BasicProperties Properties { get; } = MessageProperties.Of(message);

    /// <summary>Hash of the message's key.</summary>
    public ulong Key { get; } = Partitioner.Hash(message.Key);
}
