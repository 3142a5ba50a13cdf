using System.Data.Common;
using System.Globalization;
using Dapper;

namespace Strangler.Messaging;

/// <summary>The library's own tables in a service's store, for one consumer.</summary>
internal sealed class ConsumerStore : IDisposable
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'";

    private readonly DbDataSource dataSource;
    private readonly TimeProvider clock;

    /// <summary>Where only one transaction can write, the loops of this process queue here, in turn, instead of polling the file's lock.</summary>
    private readonly SemaphoreSlim writer = new(1);
    private bool schemaIsReady;

    public ConsumerStore(DbDataSource dataSource, string consumer, TimeSpan hangsAfter, TimeProvider clock)
    {
        this.dataSource = dataSource;
        this.clock = clock;
        Consumer = consumer;
        using var connection = dataSource.CreateConnection();
        Dialect = StoreDialect.Of(connection);
        Sql = new(Dialect, hangsAfter);
    }

    public string Consumer { get; }

    public StoreDialect Dialect { get; }

    public ConsumerSql Sql { get; }

    public string Now => TimeText(TimeSpan.Zero);

    /// <summary>A time from now, as the rows keep it: text that sorts as the time does.</summary>
    public string TimeText(TimeSpan fromNow) => (clock.GetUtcNow() + fromNow).UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);

    /// <summary>Number of the lock that every transaction on messages of a partition holds.</summary>
    public long LockOf(int partition) => (long)Partitioner.Hash($"{Consumer}/{partition}");

    /// <summary>Begins the one transaction that holds what was applied, waiting keys and effects of messages of a partition. No other process has one for it meanwhile.</summary>
    public async Task<ConsumerTransaction> BeginAsync(int partition, CancellationToken cancellation)
    {
        if (Dialect.OneWriter) await writer.WaitAsync(cancellation);
        DbConnection? connection = null;
        try
        {
            connection = await OpenAsync(cancellation);
            var transaction = await connection.BeginTransactionAsync(cancellation);
            return new(this, connection, transaction, LockOf(partition), Dialect.OneWriter ? writer : null);
        }
        catch
        {
            if (connection is not null) await connection.DisposeAsync();
            if (Dialect.OneWriter) writer.Release();
            throw;
        }
    }

    /// <summary>Opens a connection to a store that has the tables, for reading.</summary>
    public async Task<DbConnection> OpenAsync(CancellationToken cancellation)
    {
        var connection = await dataSource.OpenConnectionAsync(cancellation);
        try
        {
            if (!Volatile.Read(ref schemaIsReady)) await CreateSchemaAsync(connection, cancellation);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Keys that are due for another attempt, and when the next one is.</summary>
    public async Task<DueKeys> DueKeysAsync(CancellationToken cancellation)
    {
        await using var connection = await OpenAsync(cancellation);
        await using var results = await connection.QueryMultipleAsync(
            new CommandDefinition(ConsumerSql.DueKeys, new { consumer = Consumer, now = Now }, cancellationToken: cancellation));
        var keys = (await results.ReadAsync<string>()).AsList();
        var next = await results.ReadSingleAsync<string?>();
        var (waiting, parked, parkedKeys) = await results.ReadSingleAsync<(long, long, long)>();
        return new(keys, next is null ? null : DateTimeOffset.Parse(next, CultureInfo.InvariantCulture), new(waiting, parked, parkedKeys));
    }

    public void Dispose() => writer.Dispose();

    private async Task CreateSchemaAsync(DbConnection connection, CancellationToken cancellation)
    {
        using var stream = typeof(ConsumerStore).Assembly.GetManifestResourceStream("001-messaging.sql")!;
        using var reader = new StreamReader(stream);
        var statements = (await reader.ReadToEndAsync(cancellation)).Replace("{ordered_text}", Dialect.OrderedText, StringComparison.Ordinal);

        // Under a lock: on PostgreSQL two processes that create the same table at once fail on its catalogue.
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await connection.ExecuteAsync(new CommandDefinition(
            Dialect.LockFor + statements, new { @lock = (long)Partitioner.Hash("messaging/schema") }, transaction, cancellationToken: cancellation));
        await transaction.CommitAsync(cancellation);
        Volatile.Write(ref schemaIsReady, true);
    }
}

/// <summary>Keys to try again.</summary>
/// <param name="Keys">Due now, oldest first, a limited number.</param>
/// <param name="Next">When the next key is due; null when none is paused.</param>
/// <param name="Counts">What waits altogether.</param>
internal sealed record DueKeys(IReadOnlyList<string> Keys, DateTimeOffset? Next, WaitingCounts Counts);

/// <summary>What waits in a store.</summary>
/// <param name="Waiting">Messages of paused keys.</param>
/// <param name="Parked">Messages of parked keys.</param>
/// <param name="ParkedKeys">Parked keys.</param>
internal readonly record struct WaitingCounts(long Waiting, long Parked, long ParkedKeys);
