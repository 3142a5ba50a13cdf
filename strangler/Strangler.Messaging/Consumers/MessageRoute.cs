using System.Data.Common;
using System.Text.Json;

namespace Strangler.Messaging;

/// <summary>One message type and its handler.</summary>
internal abstract class MessageRoute(string type)
{
    public string Type { get; } = type;

    /// <summary>True when the handler takes many messages at once; otherwise it gets one at a time.</summary>
    public abstract bool TakesMany { get; }

    /// <summary>Reads the body.</summary>
    /// <exception cref="JsonException">It is not what the contract says.</exception>
    public abstract object Read(ReadOnlyMemory<byte> body);

    /// <param name="messages">Bodies as <see cref="Read"/> gave them; exactly one unless <see cref="TakesMany"/>.</param>
    /// <param name="connection">Open connection to the store.</param>
    /// <param name="transaction">The consumer's.</param>
    /// <param name="cancellation">The consumer is stopping.</param>
    public abstract Task HandleAsync(IReadOnlyList<ReadMessage> messages, DbConnection connection, DbTransaction transaction, CancellationToken cancellation);
}

/// <summary>A message whose body was read by its route.</summary>
internal readonly record struct ReadMessage(Envelope Envelope, object Body);

/// <summary>A route whose handler gets one message at a time.</summary>
internal sealed class SingleRoute<TMessage>(string type, IMessageHandler<TMessage> handler) : MessageRoute(type)
    where TMessage : class
{
    public override bool TakesMany => false;

    public override object Read(ReadOnlyMemory<byte> body) => Bodies.Read<TMessage>(body);

    public override Task HandleAsync(IReadOnlyList<ReadMessage> messages, DbConnection connection, DbTransaction transaction, CancellationToken cancellation) =>
        handler.HandleAsync((TMessage)messages[0].Body, new(messages[0].Envelope, connection, transaction), cancellation);
}

/// <summary>A route whose handler takes many.</summary>
internal sealed class BatchRoute<TMessage>(string type, IBatchHandler<TMessage> handler) : MessageRoute(type)
    where TMessage : class
{
    public override bool TakesMany => true;

    public override object Read(ReadOnlyMemory<byte> body) => Bodies.Read<TMessage>(body);

    public override Task HandleAsync(IReadOnlyList<ReadMessage> messages, DbConnection connection, DbTransaction transaction, CancellationToken cancellation)
    {
        var received = new ReceivedMessage<TMessage>[messages.Count];
        for (var index = 0; index < received.Length; index++) received[index] = new(messages[index].Envelope, (TMessage)messages[index].Body);
        return handler.HandleAsync(received, new(connection, transaction), cancellation);
    }
}

file static class Bodies
{
    public static TMessage Read<TMessage>(ReadOnlyMemory<byte> body)
        where TMessage : class => JsonSerializer.Deserialize<TMessage>(body.Span, MessageJson.Options) ?? throw new JsonException("The body is null.");
}
