using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Strangler.Messaging;

/// <summary>
/// Applies messages: one transaction a batch, and messages whose handler takes many are handed over together. When a handler throws, the batch
/// is rolled back and done again message by message, with a savepoint around each, so that the innocent go through and only the failing key waits.
/// </summary>
internal sealed partial class BatchApplier(
    ConsumerStore store,
    IReadOnlyDictionary<string, MessageRoute> routes,
    ConsumerOptions options,
    TimeProvider clock,
    MessagingMetrics metrics,
    ILogger logger)
{
    private const string Savepoint = "message";

    /// <summary>Settles every message of the batch. Throws only for trouble of the store, which may pass; nothing is then done.</summary>
    /// <param name="batch">Messages of one partition, in order.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="storeAttempt">How often the store failed this batch before; after as many as a message may fail, a passing error of a handler's own statement counts as the message's.</param>
    /// <param name="cancellation">Gives up; nothing is done.</param>
    public async Task<Outcome> ApplyAsync(IReadOnlyList<Envelope> batch, int partition, int storeAttempt, CancellationToken cancellation) =>
        await TogetherAsync(batch, partition, storeAttempt, cancellation) ?? await OneByOneAsync(batch, partition, storeAttempt, cancellation);

    /// <summary>Ends when the store answers; throws while it does not.</summary>
    public Task TouchStoreAsync(CancellationToken cancellation) => store.DueKeysAsync(cancellation);

    /// <summary>Tries the messages of a waiting key again, in order, until one fails.</summary>
    public async Task<Outcome> RetryAsync(string key, int partition, CancellationToken cancellation)
    {
        await using var transaction = await store.BeginAsync(partition, cancellation);
        if (await transaction.TakeDueKeyAsync(key, options.BatchSize, cancellation) is not var (waiting, messages)) return default;

        int applied = 0, duplicate = 0, stale = 0;
        WaitingKey? failed = null;
        long lastDone = 0;
        foreach (var message in messages)
        {
            var envelope = message.Envelope;
            switch (transaction.Applied.Judge(envelope))
            {
                case Verdict.Stale: stale++; break;
                case Verdict.Duplicate: duplicate++; break;
                case Verdict.Apply when await TryAloneAsync(envelope, transaction, storeAttempt: int.MaxValue, cancellation) is { } failure:
                    failed = After(failure, key, lastDone == 0 ? waiting.Attempts : 0, waiting.Since);
                    break;
                default: applied++; break;
            }

            if (failed is not null) break;
            lastDone = message.Position;
        }

        await transaction.SettleAsync(key, lastDone, failed, cancellation);
        await transaction.CommitAsync(cancellation);
        if (failed is not null) LogWaits(key, failed);
        return new(Received: 0, applied, duplicate, stale, CameToWait: 0, failed is null ? 0 : 1);
    }

    /// <returns>Null, and nothing done, when a message failed: others of the batch may have been harmed by it, none has a savepoint of its own.</returns>
    private async Task<Outcome?> TogetherAsync(IReadOnlyList<Envelope> batch, int partition, int storeAttempt, CancellationToken cancellation)
    {
        await using var transaction = await store.BeginAsync(partition, cancellation);
        await transaction.ReceiveAsync(batch, cancellation);
        var waiting = new HandledTogether();
        var outcome = await JudgeAsync(batch, transaction, ApplyAsync);
        while (outcome.FailedAttempts == 0 && waiting.Groups.Count > 0)
        {
            if (await HandOverAsync(waiting.Groups[0]) is not null) return null;
        }

        return outcome.FailedAttempts == 0 ? await CommitAsync(transaction, batch, outcome, cancellation) : null;

        async Task<Exception?> ApplyAsync(Envelope message)
        {
            if (Read(message, out var body, out var unreadable) is not { } route) return unreadable;
            if (waiting.Before(message.Key, route) is { } earlier && await HandOverAsync(earlier) is { } failure) return failure;
            transaction.Applied.Record(message);
            if (!route.TakesMany) return await HandleAsync(route, [new(message, body)], transaction, storeAttempt, cancellation);
            waiting.Add(route, new(message, body));
            return null;
        }

        Task<Exception?> HandOverAsync(HandledTogether.Group group)
        {
            waiting.Remove(group);
            return HandleAsync(group.Route, group.Messages, transaction, storeAttempt, cancellation);
        }
    }

    private async Task<Outcome> OneByOneAsync(IReadOnlyList<Envelope> batch, int partition, int storeAttempt, CancellationToken cancellation)
    {
        await using var transaction = await store.BeginAsync(partition, cancellation);
        await transaction.ReceiveAsync(batch, cancellation);
        var outcome = await JudgeAsync(batch, transaction, message => TryAloneAsync(message, transaction, storeAttempt, cancellation));
        return await CommitAsync(transaction, batch, outcome, cancellation);
    }

    /// <summary>Says what becomes of each message, in order, and applies those that are to be applied. The key of one that fails begins to wait.</summary>
    private async Task<Outcome> JudgeAsync(IReadOnlyList<Envelope> batch, ConsumerTransaction transaction, Func<Envelope, Task<Exception?>> apply)
    {
        int applied = 0, duplicate = 0, stale = 0, waits = 0, failures = 0;
        foreach (var message in batch)
        {
            switch (transaction.Judge(message))
            {
                case Verdict.Duplicate: duplicate++; break;
                case Verdict.Stale: stale++; break;
                case Verdict.Wait: transaction.Waiting.Append(message); waits++; break;
                case Verdict.Apply when await apply(message) is { } failure:
                    transaction.Waiting.Add(After(failure, message.Key, failedBefore: 0, store.Now));
                    transaction.Waiting.Append(message);
                    waits++;
                    failures++;
                    break;
                default: applied++; break;
            }
        }

        return new(batch.Count, applied, duplicate, stale, waits, failures);
    }

    private async Task<Outcome> CommitAsync(ConsumerTransaction transaction, IReadOnlyList<Envelope> batch, Outcome outcome, CancellationToken cancellation)
    {
        await transaction.CommitAsync(cancellation);
        foreach (var key in transaction.Waiting.NewKeys) LogWaits(key.Key, key);
        metrics.Delayed(store.Consumer, batch, clock.GetUtcNow());
        return outcome;
    }

    /// <summary>Applies one message between savepoints.</summary>
    /// <returns>Null when it was applied; what failed, and left nothing behind, otherwise.</returns>
    private async Task<Exception?> TryAloneAsync(Envelope message, ConsumerTransaction transaction, int storeAttempt, CancellationToken cancellation)
    {
        if (Read(message, out var body, out var unreadable) is not { } route) return unreadable;
        await transaction.Transaction.SaveAsync(Savepoint, cancellation);
        if (await HandleAsync(route, [new(message, body)], transaction, storeAttempt, cancellation) is { } failure)
        {
            await transaction.Transaction.RollbackAsync(Savepoint, cancellation);
            return failure;
        }

        await transaction.Transaction.ReleaseAsync(Savepoint, cancellation);
        transaction.Applied.Record(message);
        return null;
    }

    /// <returns>The message's route; null when it has none or cannot be read.</returns>
    private MessageRoute? Read(Envelope message, out object body, out Exception? failure)
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
    private async Task<Exception?> HandleAsync(
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

    /// <summary>The key after another failed attempt of its first message: paused, or parked when there is no use in trying again.</summary>
    private WaitingKey After(Exception failure, string key, int failedBefore, string since)
    {
        var attempts = failedBefore + 1;
        var parks = failure is UnreadableMessageException || attempts >= options.Attempts;
        return new(key, attempts, parks ? null : store.TimeText(PauseAfter(attempts)), MaskedReason.Of(failure), since);
    }

    private TimeSpan PauseAfter(int attempts)
    {
        var longest = Math.Min(options.RetryDelay.TotalMilliseconds * Math.Pow(2, attempts - 1), options.MaxRetryDelay.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(longest * (0.5 + (Random.Shared.NextDouble() / 2)));
    }

    private void LogWaits(string key, WaitingKey waiting)
    {
        if (waiting.DueAt is null) LogParked(store.Consumer, key, waiting.Attempts, waiting.Reason);
        else LogPaused(store.Consumer, key, waiting.DueAt, waiting.Reason);
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Debug, Message = "Handling message {Id} and {Others} more of type {Type} failed: {Reason} at {StackTrace}")]
    private partial void LogFailure(string id, int others, string type, string reason, string? stackTrace);

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "Consumer {Consumer} pauses key {Key} until {DueAt}: {Reason}")]
    private partial void LogPaused(string consumer, string key, string dueAt, string reason);

    [LoggerMessage(EventId = 3, Level = LogLevel.Error, Message = "Consumer {Consumer} parked key {Key} after {Attempts} attempts: {Reason}")]
    private partial void LogParked(string consumer, string key, int attempts, string reason);
}

/// <summary>The body or the attributes are not what the contract says; another attempt would read the same.</summary>
internal sealed class UnreadableMessageException(string message) : Exception(message);

/// <summary>No handler here: a newer version of the service subscribed to the type, and its instance will apply the message when it is tried again.</summary>
internal sealed class NoHandlerException(string type) : Exception($"No handler for type {type}.");
