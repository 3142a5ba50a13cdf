using System.Data.Common;

namespace Strangler.Messaging;

/// <summary>
/// The effect of many messages of one type at once, for stores that take rows faster by the hundred than one by one. The promises are those of
/// <see cref="IMessageHandler{TMessage}"/>: one transaction holds what was applied and the effect, a rolled-back transaction is done again,
/// and everything a handler does must be in it.
/// </summary>
/// <typeparam name="TMessage">The body, deserialised from JSON with snake_case names.</typeparam>
public interface IBatchHandler<TMessage>
{
    /// <summary>
    /// Applies the messages. Those of one key are in order and several may be among them: where each carries the whole state,
    /// <see cref="ReceivedMessages.LatestPerKey"/> leaves the last. Throwing means that one of them cannot be applied: the transaction is rolled
    /// back and each comes alone, so that only the key of the one that fails again waits.
    /// </summary>
    /// <param name="messages">At least one, at most <see cref="ConsumerOptions.BatchSize"/>.</param>
    /// <param name="context">Connection and transaction; do not commit or keep it.</param>
    /// <param name="cancellation">The consumer is stopping.</param>
    Task HandleAsync(IReadOnlyList<ReceivedMessage<TMessage>> messages, BatchContext context, CancellationToken cancellation);
}

/// <summary>A message as a handler of many gets it.</summary>
/// <param name="Envelope">Its attributes.</param>
/// <param name="Body">Its body.</param>
/// <typeparam name="TMessage">The body's contract.</typeparam>
public sealed record ReceivedMessage<TMessage>(Envelope Envelope, TMessage Body);

/// <summary>Where a handler of many works.</summary>
/// <param name="Connection">Open connection to the service's store.</param>
/// <param name="Transaction">The transaction that also holds what was applied; committed by the consumer.</param>
public sealed record BatchContext(DbConnection Connection, DbTransaction Transaction);

/// <summary>What handlers of many do with messages before their store sees them.</summary>
public static class ReceivedMessages
{
    /// <summary>The last message of each key, for messages that carry the whole state of what they are about: the earlier ones have no effect of their own.</summary>
    /// <param name="messages">In the order in which they were received.</param>
    /// <returns>In that order too, each key once.</returns>
    public static IReadOnlyList<ReceivedMessage<TMessage>> LatestPerKey<TMessage>(this IReadOnlyList<ReceivedMessage<TMessage>> messages)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var seen = new HashSet<string>(messages.Count, StringComparer.Ordinal);
        var latest = new List<ReceivedMessage<TMessage>>(messages.Count);
        for (var index = messages.Count - 1; index >= 0; index--)
        {
            if (seen.Add(messages[index].Envelope.Key)) latest.Add(messages[index]);
        }

        latest.Reverse();
        return latest;
    }
}
