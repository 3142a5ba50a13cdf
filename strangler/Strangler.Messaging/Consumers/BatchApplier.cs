using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Strangler.Messaging;

/// <summary>
/// Applies messages: one transaction a batch. When a handler throws, the batch is rolled back and done again with a savepoint around each
/// message, so that the innocent go through and only the failing key waits.
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
    public async Task<Outcome> ApplyAsync(IReadOnlyList<Envelope> batch, int partition, int storeAttempt, CancellationToken cancellation)
    {
        var outcome = await ApplyAsync(batch, partition, isolated: false, storeAttempt, cancellation)
            ?? await ApplyAsync(batch, partition, isolated: true, storeAttempt, cancellation);
        return outcome!.Value;
    }

    /// <summary>Tries the messages of a waiting key again, in order, until one fails.</summary>
    public async Task<Outcome> RetryAsync(string key, int partition, CancellationToken cancellation)
    {
        await using var transaction = await store.BeginAsync(partition, cancellation);
        if (await transaction.TakeDueKeyAsync(key, options.BatchSize, cancellation) is not var (waiting, messages)) return default;

        int applied = 0, stale = 0;
        WaitingKey? failed = null;
        long lastDone = 0;
        foreach (var message in messages)
        {
            var envelope = message.Envelope;
            if (transaction.Applied.IsStale(envelope))
            {
                stale++;
            }
            else if (await TryAsync(envelope, transaction, isolated: true, storeAttempt: int.MaxValue, cancellation) is { } failure)
            {
                failed = After(failure, key, lastDone == 0 ? waiting.Attempts : 0, waiting.Since);
                break;
            }
            else
            {
                applied++;
            }

            lastDone = message.Position;
        }

        await transaction.SettleAsync(key, lastDone, failed, cancellation);
        await transaction.CommitAsync(cancellation);
        if (failed is not null) LogWaits(key, failed);
        return new(Received: 0, applied, Duplicate: 0, stale, CameToWait: 0, failed is null ? 0 : 1);
    }

    /// <returns>Null, and nothing done, when a message failed and others of the batch may have been harmed by it: none has a savepoint of its own.</returns>
    private async Task<Outcome?> ApplyAsync(
        IReadOnlyList<Envelope> batch, int partition, bool isolated, int storeAttempt, CancellationToken cancellation)
    {
        await using var transaction = await store.BeginAsync(partition, cancellation);
        await transaction.ReceiveAsync(batch, cancellation);

        int applied = 0, duplicate = 0, stale = 0, waits = 0, failures = 0;
        foreach (var message in batch)
        {
            switch (transaction.Judge(message))
            {
                case Verdict.Duplicate: duplicate++; break;
                case Verdict.Stale: stale++; break;
                case Verdict.Wait: transaction.Waiting.Append(message); waits++; break;
                case Verdict.Apply when await TryAsync(message, transaction, isolated, storeAttempt, cancellation) is { } failure:
                    if (!isolated) return null;
                    transaction.Waiting.Add(After(failure, message.Key, failedBefore: 0, store.Now));
                    transaction.Waiting.Append(message);
                    waits++;
                    failures++;
                    break;
                default: applied++; break;
            }
        }

        await transaction.CommitAsync(cancellation);
        foreach (var key in transaction.Waiting.NewKeys) LogWaits(key.Key, key);
        metrics.Delayed(store.Consumer, batch, clock.GetUtcNow());
        return new Outcome(batch.Count, applied, duplicate, stale, waits, failures);
    }

    /// <returns>Null when the message was applied; what failed otherwise.</returns>
    private async Task<Exception?> TryAsync(
        Envelope message, ConsumerTransaction transaction, bool isolated, int storeAttempt, CancellationToken cancellation)
    {
        if (message.Malformed is not null) return new UnreadableMessageException(message.Malformed);
        if (!routes.TryGetValue(message.Type, out var route)) return new NoHandlerException(message.Type);

        object body;
        try
        {
            body = route.Read(message.Data);
        }
        catch (JsonException unreadable)
        {
            return new UnreadableMessageException(unreadable.Message);
        }

        if (isolated) await transaction.Transaction.SaveAsync(Savepoint, cancellation);
        using var activity = MessagingMetrics.Activities.StartActivity(route.Type, ActivityKind.Consumer, message.TraceParent);
        try
        {
            await route.HandleAsync(body, new(message, transaction.Connection, transaction.Transaction), cancellation);
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested && IsTheMessages(failure, transaction, storeAttempt))
        {
            activity?.SetStatus(ActivityStatusCode.Error, failure.GetType().Name);
            var (reason, trace) = (MaskedReason.Of(failure), failure.StackTrace);
            LogFailure(message.Id, route.Type, reason, trace);
            if (isolated) await transaction.Transaction.RollbackAsync(Savepoint, cancellation);
            return failure;
        }

        if (isolated) await transaction.Transaction.ReleaseAsync(Savepoint, cancellation);
        transaction.Applied.Record(message);
        return null;
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

    [LoggerMessage(EventId = 1, Level = LogLevel.Debug, Message = "Handling message {Id} of type {Type} failed: {Reason} at {StackTrace}")]
    private partial void LogFailure(string id, string type, string reason, string? stackTrace);

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "Consumer {Consumer} pauses key {Key} until {DueAt}: {Reason}")]
    private partial void LogPaused(string consumer, string key, string dueAt, string reason);

    [LoggerMessage(EventId = 3, Level = LogLevel.Error, Message = "Consumer {Consumer} parked key {Key} after {Attempts} attempts: {Reason}")]
    private partial void LogParked(string consumer, string key, int attempts, string reason);}

/// <summary>The body or the attributes are not what the contract says; another attempt would read the same.</summary>
internal sealed class UnreadableMessageException(string message) : Exception(message);

/// <summary>No handler here: a newer version of the service subscribed to the type, and its instance will apply the message when it is tried again.</summary>
internal sealed class NoHandlerException(string type) : Exception($"No handler for type {type}.");
