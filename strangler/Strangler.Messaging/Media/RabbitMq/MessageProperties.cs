using RabbitMQ.Client;

namespace Strangler.Messaging;

/// <summary>The properties of a message: content type, headers, delivery mode, message id and timestamp.</summary>
internal static class MessageProperties
{
    /// <returns>
    /// The client's own class: on a channel with confirms the client 7.1 copies properties of any other, headers and all, before it encodes them, so that encoding them
    /// here is work done twice (decision 61).
    /// </returns>
    /// <exception cref="ArgumentException">An attribute of the envelope cannot be sent; names it.</exception>
    public static BasicProperties Of(Envelope message) => new()
    {
        ContentType = EnvelopeHeaders.ContentType,
        Headers = EnvelopeHeaders.Write(message),
        DeliveryMode = DeliveryModes.Persistent,
        MessageId = message.Id,
        Timestamp = new(message.Time.ToUnixTimeSeconds()),
    };
}
