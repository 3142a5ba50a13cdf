using System.Data.Common;
using Dapper;

namespace Strangler.Messaging;

/// <summary>What a consumer does with a message.</summary>
internal enum Verdict
{
    /// <summary>Its handler is called.</summary>
    Apply,

    /// <summary>A copy: the same fact of the same version was applied before, or waits.</summary>
    Duplicate,

    /// <summary>Its key has seen a newer version.</summary>
    Stale,

    /// <summary>Its key waits, and it waits behind it.</summary>
    Wait,

    /// <summary>It waits for the rest of its transaction.</summary>
    Held,
}

/// <summary>One database transaction of a consumer: what was applied, waiting keys and effects, all or nothing. Rolled back unless committed.</summary>
internal sealed class ConsumerTransaction(
    ConsumerStore store, DbConnection connection, DbTransaction transaction, long partitionLock, SemaphoreSlim? writer) : IAsyncDisposable
{
    private bool isDisposed;

    public DbConnection Connection => connection;

    public DbTransaction Transaction => transaction;

    public AppliedVersions Applied { get; } = new();

    public WaitingKeys Waiting { get; } = new();

    /// <summary>Locks the partition and reads what is known of the messages' keys.</summary>
    public async Task ReceiveAsync(IReadOnlyList<Envelope> messages, CancellationToken cancellation)
    {
        var keys = store.Dialect.KeyList([.. messages.Select(static message => message.Key).Distinct(StringComparer.Ordinal)]);
        await using var results = await connection.QueryMultipleAsync(Command(
            store.Sql.Begin, new { consumer = store.Consumer, keys, @lock = partitionLock }, cancellation));
        if (store.Dialect.LockFor.Length > 0) await results.ReadAsync();
        foreach (var row in await results.ReadAsync<AppliedRow>()) Applied.Load(row);
        foreach (var (key, position, headers) in await results.ReadAsync<(string, long, string?)>()) Waiting.Load(key, position, headers);
    }

    /// <summary>Reads a waiting key and its first messages; null when it is not due any more.</summary>
    public async Task<(WaitingKey Key, IReadOnlyList<WaitingMessage> Messages)?> TakeDueKeyAsync(string key, int limit, CancellationToken cancellation)
    {
        await using var results = await connection.QueryMultipleAsync(Command(
            store.Sql.BeginRetry, new { consumer = store.Consumer, key, limit, now = store.Now, @lock = partitionLock }, cancellation));
        if (store.Dialect.LockFor.Length > 0) await results.ReadAsync();
        var row = (await results.ReadAsync<(string Key, long Attempts, string DueAt, string Reason, string Since)>()).ToList();
        foreach (var applied in await results.ReadAsync<AppliedRow>()) Applied.Load(applied);
        var messages = (await results.ReadAsync<WaitingMessage>()).AsList();
        return row is [var due] ? (new(due.Key, (int)due.Attempts, due.DueAt, due.Reason, due.Since), messages) : null;
    }

    public Verdict Judge(Envelope message) => Applied.Judge(message) is var verdict and not Verdict.Apply ? verdict : Waiting.Judge(message);

    /// <summary>After a retry: what is left of the key. With <paramref name="failed"/> null the key flows again once no message is left.</summary>
    public async Task SettleAsync(string key, long lastPositionDone, WaitingKey? failed, CancellationToken cancellation)
    {
        await connection.ExecuteAsync(Command(
            ConsumerSql.RemoveMessages, new { consumer = store.Consumer, key, position = lastPositionDone }, cancellation));
        await (failed is null
            ? connection.ExecuteAsync(Command(ConsumerSql.RemoveKeyWithoutMessages, new { consumer = store.Consumer, key }, cancellation))
            : connection.ExecuteAsync(Command(
                ConsumerSql.UpdateKey, new { consumer = store.Consumer, failed.Key, failed.Attempts, failed.DueAt, failed.Reason }, cancellation)));
    }

    /// <summary>Writes down what was applied. Everything that was loaded is forgotten.</summary>
    public async Task SaveAppliedAsync(CancellationToken cancellation)
    {
        var applied = Applied.Changed.ToList();
        Applied.Clear();
        if (applied.Count > 0) await connection.ExecuteAsync(Command(store.Sql.RecordApplied, store.Dialect.RowValues(store.Consumer, applied), cancellation));
    }

    public Task CommitAsync(CancellationToken cancellation) => CommitAsync(null, cancellation);

    /// <param name="held">Messages that wait for the rest of their transactions; null when there are none.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task CommitAsync(HeldMessages? held, CancellationToken cancellation)
    {
        await SaveAppliedAsync(cancellation);
        foreach (var key in Waiting.NewKeys)
        {
            await connection.ExecuteAsync(Command(
                ConsumerSql.AddKey, new { consumer = store.Consumer, key.Key, key.Attempts, key.DueAt, key.Reason, key.Since }, cancellation));
        }

        foreach (var message in Waiting.NewMessages)
        {
            await connection.ExecuteAsync(Command(
                ConsumerSql.AddMessage,
                new { consumer = store.Consumer, message.Key, message.Position, message.Headers, message.Body },
                cancellation));
        }

        if (held is not null) await held.SaveAsync(cancellation);
        await transaction.CommitAsync(cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        if (isDisposed) return;
        isDisposed = true;
        try
        {
            await transaction.DisposeAsync();
            await connection.DisposeAsync();
        }
        finally
        {
            writer?.Release();
        }
    }

    private CommandDefinition Command(string sql, object parameters, CancellationToken cancellation) =>
        new(sql, parameters, transaction, cancellationToken: cancellation);
}
