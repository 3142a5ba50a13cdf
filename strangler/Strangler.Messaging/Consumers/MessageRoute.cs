using System.Text.Json;

namespace Strangler.Messaging;

/// <summary>One message type and its handler.</summary>
internal abstract class MessageRoute(string type)
{
    public string Type { get; } = type;

    /// <summary>Reads the body.</summary>
    /// <exception cref="JsonException">It is not what the contract says.</exception>
    public abstract object Read(ReadOnlyMemory<byte> body);

    public abstract Task HandleAsync(object message, MessageContext context, CancellationToken cancellation);
}

internal sealed class MessageRoute<TMessage>(string type, IMessageHandler<TMessage> handler) : MessageRoute(type)
    where TMessage : class
{
    public override object Read(ReadOnlyMemory<byte> body) =>
        JsonSerializer.Deserialize<TMessage>(body.Span, MessageJson.Options) ?? throw new JsonException("The body is null.");

    public override Task HandleAsync(object message, MessageContext context, CancellationToken cancellation) =>
        handler.HandleAsync((TMessage)message, context, cancellation);
}
