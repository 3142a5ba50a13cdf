namespace Strangler.Messaging;

/// <summary>The medium did not confirm a message. Whether it arrived is unknown: send it again, the consumer recognises the copy.</summary>
public class PublishFailedException : Exception
{
    /// <param name="message">What failed, naming the message id and the cure.</param>
    /// <param name="cause">The medium's own error; null when it answered with a refusal.</param>
    public PublishFailedException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}

/// <summary>No consumer is bound for a message: the medium would have dropped it in silence.</summary>
/// <param name="messageId">Identity of the message.</param>
/// <param name="routingKey">Where it was sent.</param>
public sealed class UnroutableMessageException(string messageId, string routingKey)
    : PublishFailedException(
        $"Message '{messageId}' is unroutable: no queue is bound for '{routingKey}'. Start the consumer of that type once, so that it declares its queues.")
{
    /// <summary>Identity of the message.</summary>
    public string MessageId { get; } = messageId;

    /// <summary>Routing key that nobody is bound to.</summary>
    public string RoutingKey { get; } = routingKey;
}
