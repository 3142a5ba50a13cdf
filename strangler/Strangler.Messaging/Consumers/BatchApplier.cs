using Microsoft.Extensions.Logging;

namespace Strangler.Messaging;

/// <summary>
/// Applies messages: one transaction a batch, and messages whose handler takes many are handed over together. When a handler throws, the batch
/// is rolled back and done again message by message, with a savepoint around each, so that the innocent go through and only the failing key waits. Of a consumer that wants
/// whole transactions, a message that has not all the others of its transaction beside it waits for them in the store.
/// </summary>
internal sealed partial class BatchApplier(
    ConsumerStore store,
    MessageHandlers handlers,
    WholeTransactions? whole,
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
            if (whole is not null && await whole.HoldsAsync(envelope, transaction, cancellation))
            {
                if (lastDone == 0)
                {
                    await transaction.DisposeAsync();
                    return await whole.TryAsync(envelope, waiting, cancellation);
                }

                // Its transaction is looked at next.
                failed = waiting with { Attempts = 0, DueAt = store.Now, Reason = WholeTransactions.Waits };
                break;
            }

            switch (transaction.Applied.Judge(envelope))
            {
                case Verdict.Stale: stale++; break;
                case Verdict.Duplicate: duplicate++; break;
                case Verdict.Apply when await TryAloneAsync(envelope, transaction, storeAttempt: int.MaxValue, cancellation) is { } failure:
                    failed = (waiting with { Attempts = lastDone == 0 ? waiting.Attempts : 0 }).After(failure, options, store);
                    break;
                default: applied++; break;
            }

            if (failed is not null) break;
            lastDone = message.Position;
        }

        await transaction.SettleAsync(key, lastDone, failed, cancellation);
        await transaction.CommitAsync(cancellation);
        if (failed is { Attempts: > 0 }) LogWaits(failed);
        return new(Received: 0, applied, duplicate, stale, CameToWait: 0, failed is { Attempts: > 0 } ? 1 : 0);
    }

    /// <returns>Null, and nothing done, when a message failed: others of the batch may have been harmed by it, none has a savepoint of its own.</returns>
    private async Task<Outcome?> TogetherAsync(IReadOnlyList<Envelope> batch, int partition, int storeAttempt, CancellationToken cancellation)
    {
        await using var transaction = await store.BeginAsync(partition, cancellation);
        await transaction.ReceiveAsync(batch, cancellation);
        var held = whole is null ? null : await whole.BeginAsync(batch, partition, transaction, cancellation);
        var together = new HandledTogether(handlers, transaction, storeAttempt);
        var outcome = await JudgeAsync(batch, transaction, held, mayTakeWhole: true, message => together.AddAsync(message, cancellation));
        return outcome.FailedAttempts == 0 && await together.FinishAsync(cancellation) is null ? await CommitAsync(transaction, held, batch, outcome, cancellation) : null;
    }

    private async Task<Outcome> OneByOneAsync(IReadOnlyList<Envelope> batch, int partition, int storeAttempt, CancellationToken cancellation)
    {
        await using var transaction = await store.BeginAsync(partition, cancellation);
        await transaction.ReceiveAsync(batch, cancellation);
        var held = whole is null ? null : await whole.BeginAsync(batch, partition, transaction, cancellation);
        // A transaction that fails is not half done: one place alone tries it as a whole.
        var outcome = await JudgeAsync(batch, transaction, held, mayTakeWhole: false, message => TryAloneAsync(message, transaction, storeAttempt, cancellation));
        return await CommitAsync(transaction, held, batch, outcome, cancellation);
    }

    /// <summary>Says what becomes of each message, in order, and applies those that are to be applied. The key of one that fails begins to wait.</summary>
    private async Task<Outcome> JudgeAsync(
        IReadOnlyList<Envelope> batch, ConsumerTransaction transaction, HeldMessages? held, bool mayTakeWhole, Func<Envelope, Task<Exception?>> apply)
    {
        int applied = 0, duplicate = 0, stale = 0, waits = 0, failures = 0;
        for (var index = 0; index < batch.Count; index++)
        {
            var message = batch[index];
            switch (held?.MustHold(batch, index, mayTakeWhole) == true ? held.Hold(message) : transaction.Judge(message))
            {
                case Verdict.Duplicate: duplicate++; break;
                case Verdict.Stale: stale++; break;
                case Verdict.Held: waits++; break;
                case Verdict.Wait: transaction.Waiting.Append(message); waits++; break;
                case Verdict.Apply when await apply(message) is { } failure:
                    transaction.Waiting.Add(new WaitingKey(message.Key, 0, null, "", store.Now).After(failure, options, store));
                    transaction.Waiting.Append(message);
                    waits++;
                    failures++;
                    break;
                default: applied++; break;
            }
        }

        return new(batch.Count, applied, duplicate, stale, waits, failures);
    }

    private async Task<Outcome> CommitAsync(
        ConsumerTransaction transaction, HeldMessages? held, IReadOnlyList<Envelope> batch, Outcome outcome, CancellationToken cancellation)
    {
        await transaction.CommitAsync(held, cancellation);
        foreach (var key in transaction.Waiting.NewKeys.Where(static key => key.Attempts > 0)) LogWaits(key);
        metrics.Delayed(store.Consumer, batch, clock.GetUtcNow());
        return outcome;
    }

    /// <summary>Applies one message between savepoints.</summary>
    /// <returns>Null when it was applied; what failed, and left nothing behind, otherwise.</returns>
    private async Task<Exception?> TryAloneAsync(Envelope message, ConsumerTransaction transaction, int storeAttempt, CancellationToken cancellation)
    {
        if (handlers.Read(message, out var body, out var unreadable) is not { } route) return unreadable;
        await transaction.Transaction.SaveAsync(Savepoint, cancellation);
        if (await handlers.HandleAsync(route, [new(message, body)], transaction, storeAttempt, cancellation) is { } failure)
        {
            await transaction.Transaction.RollbackAsync(Savepoint, cancellation);
            return failure;
        }

        await transaction.Transaction.ReleaseAsync(Savepoint, cancellation);
        transaction.Applied.Record(message);
        return null;
    }

    private void LogWaits(WaitingKey waiting)
    {
        if (waiting.DueAt is null) LogParked(store.Consumer, waiting.Key, waiting.Attempts, waiting.Reason);
        else LogPaused(store.Consumer, waiting.Key, waiting.DueAt, waiting.Reason);
    }

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "Consumer {Consumer} pauses key {Key} until {DueAt}: {Reason}")]
    private partial void LogPaused(string consumer, string key, string dueAt, string reason);

    [LoggerMessage(EventId = 3, Level = LogLevel.Error, Message = "Consumer {Consumer} parked key {Key} after {Attempts} attempts: {Reason}")]
    private partial void LogParked(string consumer, string key, int attempts, string reason);
}
