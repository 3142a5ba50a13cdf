using System.Data.Common;
using Dapper;

namespace Strangler.Messaging;

/// <summary>
/// What operators see of a consumer's waiting keys and decide about them. Any process of the consumer may be asked: the partition's lock keeps
/// its order. Every decision is a row of <c>messaging_decisions</c>, in the transaction that carries it out.
/// </summary>
internal sealed class ParkedKeys(
    ConsumerStore store, BatchApplier applier, WholeTransactions? whole, IMedium medium, ConsumerStatus status, MessagingMetrics metrics)
{
    /// <summary>More than anybody waits for; a longer queue is discarded in several goes.</summary>
    private const int MostDiscarded = 10_000;

    public string Consumer => store.Consumer;

    /// <summary>Waiting keys, the oldest first.</summary>
    public Task<IReadOnlyList<ParkedKey>> ListAsync(int limit, CancellationToken cancellation) => FindAsync(key: null, limit, cancellation);

    /// <summary>A key and its first messages, in order; null when none of its messages waits.</summary>
    public async Task<(ParkedKey Key, IReadOnlyList<ParkedMessage> Messages)?> ShowAsync(string key, int limit, CancellationToken cancellation)
    {
        if (await FindAsync(key, limit: 1, cancellation) is not [var found]) return null;
        await using var connection = await store.OpenAsync(cancellation);
        var messages = await connection.QueryAsync<WaitingMessage>(Sql(ParkedSql.Messages, new { consumer = Consumer, key, limit }, null, cancellation));
        return (found, [.. messages.Select(Show)]);
    }

    /// <summary>Tries keys again, in order, until one of their messages fails; they have all their attempts once more.</summary>
    /// <param name="keys">The keys; null for every parked one.</param>
    /// <param name="who">Who decides.</param>
    /// <param name="cancellation">Stops between two transactions.</param>
    public Task<IReadOnlyList<KeyDecision>> RetryAsync(IReadOnlyCollection<string>? keys, string who, CancellationToken cancellation) =>
        RetryAsync(keys, who, incomplete: false, cancellation);

    /// <param name="keys">The keys; null for every parked one.</param>
    /// <param name="who">Who decides.</param>
    /// <param name="incomplete">Lets the transactions go that their first messages wait for in vain: these take effect without the rest.</param>
    /// <param name="cancellation">Stops between two transactions.</param>
    public async Task<IReadOnlyList<KeyDecision>> RetryAsync(IReadOnlyCollection<string>? keys, string who, bool incomplete, CancellationToken cancellation)
    {
        var decisions = new List<KeyDecision>();
        foreach (var key in keys ?? await ParkedNamesAsync(cancellation))
        {
            if (incomplete && await LetGoAsync(key, who, cancellation) is { } waiting)
            {
                decisions.Add(await FlowAsync(key, waiting, discarded: 0, cancellation));
                continue;
            }

            decisions.Add(await ReleaseAsync(key, who, cancellation) is { } waited ? await FlowAsync(key, waited, discarded: 0, cancellation) : Unknown(key));
        }

        return decisions;
    }

    /// <summary>
    /// Gives up the first message of a key, the one that fails, and tries what follows it. It counts as seen: no copy of it is applied later.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="all">Gives up everything that waits behind it too.</param>
    /// <param name="who">Who decides.</param>
    /// <param name="why">Why.</param>
    /// <param name="cancellation">Gives up; nothing is then done, or the discard alone.</param>
    public async Task<KeyDecision> DiscardAsync(string key, bool all, string who, string why, CancellationToken cancellation)
    {
        int discarded;
        long waited;
        await using (var transaction = await BeginAsync(key, cancellation))
        {
            if (await WhyAsync(transaction, key, cancellation) is not var (reason, count)) return Unknown(key);
            var messages = (await transaction.Connection.QueryAsync<WaitingMessage>(
                Sql(ParkedSql.Messages, new { consumer = Consumer, key, limit = all ? MostDiscarded : 1 }, transaction.Transaction, cancellation))).AsList();
            foreach (var row in await transaction.Connection.QueryAsync<AppliedRow>(Sql(ParkedSql.Applied, new { consumer = Consumer, key }, transaction.Transaction, cancellation)))
            {
                transaction.Applied.Load(row);
            }

            foreach (var message in messages)
            {
                await AddDecisionAsync(transaction, "discarded", key, who, why, reason, message, cancellation);
                if (transaction.Applied.Judge(message.Envelope) == Verdict.Apply) transaction.Applied.Record(message.Envelope);
            }

            (discarded, waited) = (messages.Count, count);
            await transaction.Connection.ExecuteAsync(Sql(ParkedSql.Release, new { consumer = Consumer, key, now = store.Now }, transaction.Transaction, cancellation));
            await transaction.SettleAsync(key, messages[^1].Position, failed: null, cancellation);
            await transaction.CommitAsync(cancellation);
        }

        return await FlowAsync(key, waited, discarded, cancellation);
    }

    /// <summary>Records that messages are given to the consumer again.</summary>
    public async Task RecordReplayAsync(ReplayStart from, string who, CancellationToken cancellation)
    {
        await using var transaction = await store.BeginAsync(partition: 0, cancellation);
        await AddDecisionAsync(transaction, "replayed", key: "", who, why: $"from {from}", reason: "", message: null, cancellation);
        await transaction.CommitAsync(cancellation);
    }

    private static KeyDecision Unknown(string key) => new(key, "unknown", 0, 0, 0, null);

    /// <returns>How many of its messages wait; null when they do not wait for a transaction.</returns>
    private async Task<long?> LetGoAsync(string key, string who, CancellationToken cancellation)
    {
        if (whole is null || await FindAsync(key, limit: 1, cancellation) is not [var found]) return null;
        await using var connection = await store.OpenAsync(cancellation);
        var first = (await connection.QueryAsync<WaitingMessage>(Sql(ParkedSql.Messages, new { consumer = Consumer, key, limit = 1 }, null, cancellation))).FirstOrDefault();
        if (first is null) return null;
        var isReleased = await whole.ReleaseAsync(
            first.Envelope, transaction => AddDecisionAsync(transaction, "released", key, who, why: "", found.Reason, message: null, cancellation), cancellation);
        return isReleased ? found.Messages : null;
    }

    /// <returns>How many of its messages wait; null when none does.</returns>
    private async Task<long?> ReleaseAsync(string key, string who, CancellationToken cancellation)
    {
        await using var transaction = await BeginAsync(key, cancellation);
        if (await WhyAsync(transaction, key, cancellation) is not var (reason, waited)) return null;
        await AddDecisionAsync(transaction, "retried", key, who, why: "", reason, message: null, cancellation);
        await transaction.Connection.ExecuteAsync(Sql(ParkedSql.Release, new { consumer = Consumer, key, now = store.Now }, transaction.Transaction, cancellation));
        await transaction.CommitAsync(cancellation);
        return waited;
    }

    /// <summary>Applies what waits until it flows or fails. Whoever else tries the key meanwhile takes turns with us, so what is left is looked up.</summary>
    private async Task<KeyDecision> FlowAsync(string key, long waited, int discarded, CancellationToken cancellation)
    {
        var applied = 0L;
        Outcome outcome;
        do
        {
            outcome = await applier.RetryAsync(key, PartitionOf(key), cancellation);
            status.Add(outcome);
            metrics.Settled(Consumer, outcome);
            applied += outcome.Applied + outcome.Duplicate + outcome.Stale;
        }
        while (outcome.Applied + outcome.Duplicate + outcome.Stale > 0 && outcome.FailedAttempts == 0);

        var waiting = (await store.DueKeysAsync(cancellation)).Counts;
        status.Waiting(waiting);
        metrics.Waiting(Consumer, waiting);
        return await FindAsync(key, limit: 1, cancellation) is [var left]
            ? new(key, "waits", applied, discarded, left.Messages, left.Reason)
            : new(key, "flows", waited - discarded, discarded, 0, null);
    }

    private async Task<IReadOnlyList<ParkedKey>> FindAsync(string? key, int limit, CancellationToken cancellation)
    {
        await using var connection = await store.OpenAsync(cancellation);
        var rows = await connection.QueryAsync<(string Key, long Attempts, string? DueAt, string Reason, string Since, long Messages, string? Headers)>(
            Sql(ParkedSql.List, new { consumer = Consumer, key, limit }, null, cancellation));
        return
        [
            .. rows.Select(row => new ParkedKey(
                Consumer, row.Key, row.DueAt is null ? "parked" : "paused", row.Since, row.DueAt, row.Attempts, row.Messages,
                row.Headers is null ? "" : EnvelopeText.Read(row.Headers, []).Type, row.Reason)),
        ];
    }

    private async Task<IReadOnlyList<string>> ParkedNamesAsync(CancellationToken cancellation)
    {
        await using var connection = await store.OpenAsync(cancellation);
        return (await connection.QueryAsync<string>(Sql(ParkedSql.ParkedNames, new { consumer = Consumer }, null, cancellation))).AsList();
    }

    private async Task<ConsumerTransaction> BeginAsync(string key, CancellationToken cancellation)
    {
        var partition = PartitionOf(key);
        var transaction = await store.BeginAsync(partition, cancellation);
        try
        {
            if (store.Dialect.LockFor.Length > 0)
            {
                await transaction.Connection.ExecuteAsync(Sql(store.Dialect.LockFor, new { @lock = store.LockOf(partition) }, transaction.Transaction, cancellation));
            }

            return transaction;
        }
        catch
        {
            await transaction.DisposeAsync();
            throw;
        }
    }

    private async Task<(string Reason, long Messages)?> WhyAsync(ConsumerTransaction transaction, string key, CancellationToken cancellation) =>
        await transaction.Connection.QuerySingleOrDefaultAsync<(string, long)?>(Sql(ParkedSql.Why(store.Dialect), new { consumer = Consumer, key }, transaction.Transaction, cancellation));

    private Task<int> AddDecisionAsync(
        ConsumerTransaction transaction, string decision, string key, string who, string why, string reason, WaitingMessage? message, CancellationToken cancellation) =>
        transaction.Connection.ExecuteAsync(Sql(
            ParkedSql.AddDecision,
            new
            {
                consumer = Consumer, id = Guid.CreateVersion7().ToString("n"), now = store.Now, decision, who, why, key, reason,
                headers = message?.Headers, body = message?.Body,
            },
            transaction.Transaction,
            cancellation));

    private int PartitionOf(string key) => Partitioner.PartitionOf(key, medium.Partitions);

    private static ParkedMessage Show(WaitingMessage message)
    {
        var envelope = message.Envelope;
        return new(
            message.Position, envelope.Id, envelope.Source, envelope.Type, envelope.Version.ToString(), envelope.Time, message.Body.Length,
            ValueMask.OfBody(message.Body));
    }

    private static CommandDefinition Sql(string text, object parameters, DbTransaction? transaction, CancellationToken cancellation) =>
        new(text, parameters, transaction, cancellationToken: cancellation);
}
