using System.Globalization;
using Dapper;
using Microsoft.Extensions.Logging;

namespace Strangler.Messaging;

/// <summary>
/// For a consumer that asked for it: messages of one transaction of the source take effect together, or not yet (decision 62). They are received in different partitions, perhaps by
/// different processes; what came waits in the store, and who finds it whole handles all of it in one transaction, holding the locks of all its partitions.
/// </summary>
internal sealed partial class WholeTransactions(
    ConsumerStore store, MessageHandlers handlers, ConsumerOptions options, TimeProvider clock, ILogger logger)
{
    /// <summary>Why a key waits.</summary>
    public const string Waits = "Waits for the rest of its transaction.";

    private const string WaitsBehind = "Waits with its transaction, of which another key waits behind something else.";

    public IReadOnlySet<string> Types => handlers.Types;

    public TransactionSql Sql { get; } = new(store.Dialect, options.HoldDeliveries);

    public static string IdOf(Envelope message) => $"{message.Source} {message.Transaction!.Id}";

    /// <returns>What of the batch is to wait; null when it has no message of a transaction of several.</returns>
    public async Task<HeldMessages?> BeginAsync(IReadOnlyList<Envelope> batch, int partition, ConsumerTransaction transaction, CancellationToken cancellation)
    {
        var ids = batch.Where(static message => message.Transaction is not null).Select(IdOf).Distinct(StringComparer.Ordinal).ToArray();
        if (ids.Length == 0) return null;
        var released = await transaction.Connection.QueryAsync<string>(Command(Sql.Released, new { consumer = store.Consumer, ids = store.Dialect.KeyList(ids) }, transaction, cancellation));
        return new(this, store, transaction, partition, released.ToHashSet(StringComparer.Ordinal));
    }

    /// <summary>A key of which a message begins to wait for its transaction: when it is due, the wait has been too long.</summary>
    public WaitingKey FirstOf(string key) => new(key, 0, store.TimeText(options.TransactionWait), Waits, store.Now);

    /// <summary>Whether a waiting message waits for its transaction.</summary>
    public async Task<bool> HoldsAsync(Envelope message, ConsumerTransaction transaction, CancellationToken cancellation) =>
        message.Transaction is not null
        && await transaction.Connection.ExecuteScalarAsync<long>(Command(TransactionSql.IsHeld, new { consumer = store.Consumer, id = IdOf(message) }, transaction, cancellation)) > 0;

    /// <summary>Handles the transaction of a message when it is whole and none of its keys has anything before it; otherwise its keys wait on.</summary>
    /// <param name="message">Any message of it, the first that waits of its key.</param>
    /// <param name="key">That key.</param>
    /// <param name="cancellation">Gives up; nothing is then done.</param>
    public async Task<Outcome> TryAsync(Envelope message, WaitingKey key, CancellationToken cancellation)
    {
        var id = IdOf(message);
        await using (var transaction = await store.BeginAsync(partition: 0, cancellation))
        {
            if (await TakeAsync(id, transaction, cancellation) is not { } found) return default;
            if (found.Expected < 0 || found.Arrived < found.Expected) return await WaitOnAsync(id, found, key, transaction, cancellation);
            if (found.Blocked > 0)
            {
                return await UpdateAsync(id, key with { DueAt = store.TimeText(options.TransactionWait), Reason = WaitsBehind }, transaction, cancellation);
            }

            var (outcome, failure) = await HandleAsync(id, transaction, cancellation);
            if (failure is null)
            {
                await transaction.Connection.ExecuteAsync(Command(TransactionSql.Finish, new { consumer = store.Consumer, id, now = store.Now }, transaction, cancellation));
                await transaction.CommitAsync(cancellation);
                return outcome;
            }

            key = key.After(failure, options, store);
        }

        // Nothing of it was done, and all its keys wait together.
        await using var again = await store.BeginAsync(partition: 0, cancellation);
        if (await TakeAsync(id, again, cancellation) is null) return default;
        await UpdateAsync(id, key, again, cancellation);
        LogFailed(store.Consumer, id, key.Attempts, key.DueAt ?? "an operator decides", key.Reason);
        return new(0, 0, 0, 0, 0, FailedAttempts: 1);
    }

    /// <summary>Lets a transaction go that is not whole: what came takes effect message by message, as far as it can.</summary>
    /// <param name="message">The first message that waits of a key.</param>
    /// <param name="record">Writes down who decided that.</param>
    /// <param name="cancellation">Gives up; nothing is then done.</param>
    /// <returns>False when it does not wait for its transaction, or that is whole.</returns>
    public async Task<bool> ReleaseAsync(Envelope message, Func<ConsumerTransaction, Task> record, CancellationToken cancellation)
    {
        if (message.Transaction is null) return false;
        var id = IdOf(message);
        await using var transaction = await store.BeginAsync(partition: 0, cancellation);
        if (await TakeAsync(id, transaction, cancellation) is null) return false;
        if (await transaction.Connection.ExecuteAsync(Command(TransactionSql.Release, new { consumer = store.Consumer, id }, transaction, cancellation)) == 0) return false;
        await record(transaction);
        await UpdateAsync(id, new("", 0, store.Now, "Let go without the rest of its transaction.", ""), transaction, cancellation);
        return true;
    }

    /// <summary>Transactions that wait for their rest for too long, the oldest first, at most three. Copies of some that were done are forgotten.</summary>
    public async Task<IReadOnlyList<IncompleteTransaction>> IncompleteAsync(CancellationToken cancellation)
    {
        var parameters = new { consumer = store.Consumer, before = store.TimeText(-options.TransactionWait), limit = 3 };
        List<(string Id, long Arrived)> copies;
        List<(string Id, long Arrived, long Expected, string Since)> incomplete;
        await using (var connection = await store.OpenAsync(cancellation))
        {
            copies = (await connection.QueryAsync<(string, long)>(new CommandDefinition(TransactionSql.Copies, parameters, cancellationToken: cancellation))).AsList();
            incomplete = (await connection.QueryAsync<(string, long, long, string)>(new CommandDefinition(TransactionSql.Incomplete, parameters, cancellationToken: cancellation))).AsList();
        }

        foreach (var (id, arrived) in copies) await ForgetAsync(id, arrived, cancellation);
        return [.. incomplete.Select(static one => new IncompleteTransaction(one.Id, one.Arrived, one.Expected, one.Since))];
    }

    private async Task ForgetAsync(string id, long arrived, CancellationToken cancellation)
    {
        await using var transaction = await store.BeginAsync(partition: 0, cancellation);
        var parameters = new { consumer = store.Consumer, id, arrived };
        if (await transaction.Connection.ExecuteAsync(Command(TransactionSql.ForgetCopies, parameters, transaction, cancellation)) == 0) return;
        await transaction.Connection.ExecuteAsync(Command(TransactionSql.ForgetCopiedMessages, parameters, transaction, cancellation));
        await transaction.CommitAsync(cancellation);
    }

    /// <summary>Locks the transaction and all partitions that have a message of it; null when it is done, or has come to another partition just now.</summary>
    private async Task<Taken?> TakeAsync(string id, ConsumerTransaction transaction, CancellationToken cancellation)
    {
        var partitions = (await transaction.Connection.QueryAsync<long>(Command(TransactionSql.Partitions, new { consumer = store.Consumer, id }, transaction, cancellation))).AsList();
        var locks = partitions.Select(partition => store.LockOf((int)partition)).ToArray();
        object parameters = store.Dialect.OneWriter ? new { consumer = store.Consumer, id } : new { consumer = store.Consumer, id, locks };
        await using var results = await transaction.Connection.QueryMultipleAsync(Command(Sql.Take, parameters, transaction, cancellation));
        if (!store.Dialect.OneWriter) await results.ReadAsync();
        var now = await results.ReadAsync<long>();
        var rows = (await results.ReadAsync<(string Since, long Arrived, long Expected)>()).AsList();
        var blocked = await results.ReadSingleAsync<long>();
        return partitions.SequenceEqual(now) && rows is [var row] ? new(row.Since, row.Arrived, row.Expected, blocked) : null;
    }

    private async Task<Outcome> WaitOnAsync(
        string id, Taken found, WaitingKey key, ConsumerTransaction transaction, CancellationToken cancellation)
    {
        var until = DateTimeOffset.Parse(found.Since, CultureInfo.InvariantCulture) + options.TransactionWait - clock.GetUtcNow();
        if (until > TimeSpan.Zero) return await UpdateAsync(id, key with { DueAt = store.TimeText(until), Reason = Waits }, transaction, cancellation);

        var incomplete = new IncompleteTransaction(id, found.Arrived, found.Expected, found.Since);
        LogIncomplete(store.Consumer, incomplete);
        return await UpdateAsync(id, key with { DueAt = null, Reason = incomplete.ToString() }, transaction, cancellation);
    }

    private async Task<Outcome> UpdateAsync(string id, WaitingKey key, ConsumerTransaction transaction, CancellationToken cancellation)
    {
        await transaction.Connection.ExecuteAsync(Command(
            TransactionSql.UpdateKeys, new { consumer = store.Consumer, id, attempts = key.Attempts, dueAt = key.DueAt, reason = key.Reason }, transaction, cancellation));
        await transaction.CommitAsync(cancellation);
        return default;
    }

    /// <summary>Hands its messages over in the order of their versions, a part at a time: it may be larger than the memory.</summary>
    private async Task<(Outcome Outcome, Exception? Failure)> HandleAsync(string id, ConsumerTransaction transaction, CancellationToken cancellation)
    {
        int applied = 0, duplicate = 0, stale = 0;
        var (version, key, position) = ("", "", 0L);
        while (true)
        {
            var messages = (await transaction.Connection.QueryAsync<TransactionMessage>(Command(
                TransactionSql.Messages, new { consumer = store.Consumer, id, version, key, position, limit = options.BatchSize }, transaction, cancellation))).AsList();
            var keys = store.Dialect.KeyList([.. messages.Select(static message => message.Key).Distinct(StringComparer.Ordinal)]);
            foreach (var row in await transaction.Connection.QueryAsync<AppliedRow>(Command(Sql.Applied, new { consumer = store.Consumer, keys }, transaction, cancellation))) transaction.Applied.Load(row);
            var together = new HandledTogether(handlers, transaction, storeAttempt: int.MaxValue);
            foreach (var message in messages.Select(static message => message.Envelope))
            {
                switch (transaction.Applied.Judge(message))
                {
                    case Verdict.Stale: stale++; break;
                    case Verdict.Duplicate: duplicate++; break;
                    case Verdict.Apply when await together.AddAsync(message, cancellation) is { } failure: return (default, failure);
                    default: applied++; break;
                }
            }

            if (await together.FinishAsync(cancellation) is { } late) return (default, late);
            await transaction.SaveAppliedAsync(cancellation);
            if (messages.Count < options.BatchSize) return (new(0, applied, duplicate, stale, 0, 0), null);
            (version, key, position) = (messages[^1].Version, messages[^1].Key, messages[^1].Position);
        }
    }

    private static CommandDefinition Command(string sql, object parameters, ConsumerTransaction transaction, CancellationToken cancellation) =>
        new(sql, parameters, transaction.Transaction, cancellationToken: cancellation);

    [LoggerMessage(EventId = 10, Level = LogLevel.Warning, Message = "Consumer {Consumer} could not handle transaction {Id} as a whole, attempt {Attempts}, again {DueAt}: {Reason}")]
    private partial void LogFailed(string consumer, string id, int attempts, string dueAt, string reason);

    [LoggerMessage(EventId = 11, Level = LogLevel.Error, Message = "Consumer {Consumer}: {Incomplete}")]
    private partial void LogIncomplete(string consumer, IncompleteTransaction incomplete);

    /// <param name="Since">When the first of it came.</param>
    /// <param name="Arrived">Messages that came.</param>
    /// <param name="Expected">Messages that there are; negative while that is not known.</param>
    /// <param name="Blocked">Keys of it that have something before it.</param>
    private sealed record Taken(string Since, long Arrived, long Expected, long Blocked);

    private sealed record TransactionMessage
    {
        public string Version { get; init; } = "";

        public string Key { get; init; } = "";

        public long Position { get; init; }

        public string Headers { get; init; } = "";

        public byte[] Body { get; init; } = [];

        public Envelope Envelope => EnvelopeText.Read(Headers, Body);
    }
}
