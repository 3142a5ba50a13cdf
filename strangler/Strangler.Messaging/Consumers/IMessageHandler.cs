using System.Data.Common;

namespace Strangler.Messaging;

/// <summary>The effect of one message type on a service's own store. Written by the service.</summary>
/// <typeparam name="TMessage">The body, deserialised from JSON with snake_case names.</typeparam>
public interface IMessageHandler<in TMessage>
{
    /// <summary>
    /// Applies the message. Once in effect: what was applied and the effect commit together in <see cref="MessageContext.Transaction"/>, and a
    /// transaction that was rolled back is done again, so everything it does must be in that transaction. Messages of one key come one after
    /// the other; those of different partitions come at the same time. Throwing means "try again later"; after the configured attempts the
    /// key is parked.
    /// </summary>
    /// <param name="message">The body.</param>
    /// <param name="context">Envelope, connection and transaction; do not commit or keep it.</param>
    /// <param name="cancellation">The consumer is stopping.</param>
    Task HandleAsync(TMessage message, MessageContext context, CancellationToken cancellation);
}

/// <summary>Where a handler works.</summary>
/// <param name="Envelope">The message with its attributes.</param>
/// <param name="Connection">Open connection to the service's store.</param>
/// <param name="Transaction">The transaction that also holds what was applied; committed by the consumer.</param>
public sealed record MessageContext(Envelope Envelope, DbConnection Connection, DbTransaction Transaction);
