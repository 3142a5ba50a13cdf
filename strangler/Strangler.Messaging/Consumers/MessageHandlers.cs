using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Strangler.Messaging;

/// <summary>A consumer's handlers: reads a message for the one of its type, calls it, and says whether a failure is the message's own or the store's.</summary>
internal sealed partial class MessageHandlers(IReadOnlyDictionary<string, MessageRoute> routes, ConsumerOptions options, ILogger logger)
{
    /// <summary>The types that are handled.</summary>
    public IReadOnlySet<string> Types { get; } = routes.Keys.ToHashSet(StringComparer.Ordinal);

    /// <returns>The message's route; null when it has none or cannot be read.</returns>
    public MessageRoute? Read(Envelope message, out object body, out Exception? failure)
    {
        (body, failure) = ("", null);
        if (message.Malformed is not null) failure = new UnreadableMessageException(message.Malformed);
        else if (!routes.TryGetValue(message.Type, out var route)) failure = new NoHandlerException(message.Type);
        else
        {
            try
            {
                body = route.Read(message.Data);
                return route;
            }
            catch (JsonException unreadable)
            {
                failure = new UnreadableMessageException(unreadable.Message);
            }
        }

        return null;
    }

    /// <returns>Null when the handler succeeded; its failure when that is the messages' own.</returns>
    public async Task<Exception?> HandleAsync(
        MessageRoute route, List<ReadMessage> messages, ConsumerTransaction transaction, int storeAttempt, CancellationToken cancellation)
    {
        using var activity = Begin(route, messages);
        try
        {
            await route.HandleAsync(messages, transaction.Connection, transaction.Transaction, cancellation);
            return null;
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested && IsTheMessages(failure, transaction, storeAttempt))
        {
            activity?.SetStatus(ActivityStatusCode.Error, failure.GetType().Name);
            var (reason, trace) = (MaskedReason.Of(failure), failure.StackTrace);
            LogFailure(messages[0].Envelope.Id, messages.Count - 1, route.Type, reason, trace);
            return failure;
        }
    }

    /// <summary>Continues the trace of a message; many of them are linked to.</summary>
    private static Activity? Begin(MessageRoute route, List<ReadMessage> messages)
    {
        if (!MessagingMetrics.Activities.HasListeners()) return null;
        if (messages.Count == 1) return MessagingMetrics.Activities.StartActivity(route.Type, ActivityKind.Consumer, messages[0].Envelope.TraceParent);
        var links = new List<ActivityLink>();
        foreach (var message in messages)
        {
            if (ActivityContext.TryParse(message.Envelope.TraceParent, null, out var cause)) links.Add(new(cause));
        }

        return MessagingMetrics.Activities.StartActivity(route.Type, ActivityKind.Consumer, parentContext: default, links: links);
    }

    private bool IsTheMessages(Exception failure, ConsumerTransaction transaction, int storeAttempt) =>
        !StoreTrouble.IsFatal(transaction.Connection) && (!StoreTrouble.IsPassing(failure) || storeAttempt >= options.Attempts);

    [LoggerMessage(EventId = 1, Level = LogLevel.Debug, Message = "Handling message {Id} and {Others} more of type {Type} failed: {Reason} at {StackTrace}")]
    private partial void LogFailure(string id, int others, string type, string reason, string? stackTrace);
}

/// <summary>The body or the attributes are not what the contract says; another attempt would read the same.</summary>
internal sealed class UnreadableMessageException(string message) : Exception(message);

/// <summary>No handler here: a newer version of the service subscribed to the type, and its instance will apply the message when it is tried again.</summary>
internal sealed class NoHandlerException(string type) : Exception($"No handler for type {type}.");
