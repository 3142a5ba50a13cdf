using System.Data.Common;
using System.Globalization;
using Dapper;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Strangler.AntiCorruption;

/// <summary>
/// Which of several layers on one store is the active one (decision 58). Whoever takes the lease gets a new epoch, and everything that the layer stores is stored under its epoch
/// or not at all: an active layer that was taken for dead and wakes up can store nothing. On PostgreSQL the active layer also holds an advisory lock by a session of its own: when its
/// process ends, a standby knows at once; when it hangs or is cut off, a standby sees that its beat stands still. A store in an SQLite file has one host: whoever comes takes the lease.
/// </summary>
/// <param name="database">The store.</param>
/// <param name="takeoverAfter">How long a beat may stand still.</param>
/// <param name="clock">Measures that; clocks of several hosts are never compared.</param>
/// <param name="logger">Says who took over.</param>
internal sealed partial class LayerLease(DbDataSource database, TimeSpan takeoverAfter, TimeProvider clock, ILogger<LayerLease> logger)
{
    /// <summary>How often a standby looks.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    /// <summary>A layer that is cut off in the middle of storing something has the lease's row locked; the server ends that transaction by itself, or nobody could ever take over.</summary>
    private readonly string endsIfLeftOpen = string.Create(CultureInfo.InvariantCulture, $"set local idle_in_transaction_session_timeout = {Math.Max(1, (long)takeoverAfter.TotalMilliseconds)}; ");

    private readonly string holder = Guid.NewGuid().ToString("N");
    private long epoch;

    /// <summary>Waits until this layer is the active one.</summary>
    /// <param name="standsBy">Called when it has to wait.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<HeldLease> TakeAsync(Action standsBy, CancellationToken cancellation)
    {
        var session = await database.OpenConnectionAsync(cancellation);
        try
        {
            var previous = session is NpgsqlConnection server ? await WaitAsync(server, standsBy, cancellation) : await TakeAtOnceAsync(session, cancellation);
            var tookOver = previous.Holder.Length > 0 && previous.Holder != holder;
            if (tookOver) LogTookOver(epoch);
            return new(session, epoch, tookOver, takeoverAfter, clock);
        }
        catch
        {
            await HeldLease.GiveBackAsync(session);
            throw;
        }
    }

    /// <summary>Stores something in one transaction, all of it or nothing, under the epoch of this layer; it counts as a beat.</summary>
    /// <param name="store">Executes the statements.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="LeaseLostException">Another layer has taken the lease.</exception>
    public async Task StoreAsync(Func<DbConnection, DbTransaction, Task> store, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var own = Interlocked.Read(ref epoch);
        var beat = connection is NpgsqlConnection ? endsIfLeftOpen + HeldLease.Beat : HeldLease.Beat;
        if (await connection.ExecuteAsync(AclStore.Sql(beat, new { epoch = own }, cancellation, transaction)) == 0) throw new LeaseLostException(own);
        await store(connection, transaction);
        await transaction.CommitAsync(cancellation);
    }

    /// <summary>Stores by one statement, as <see cref="StoreAsync(Func{DbConnection, DbTransaction, Task}, CancellationToken)"/> does.</summary>
    public Task StoreAsync(string sql, object values, CancellationToken cancellation) =>
        StoreAsync((connection, transaction) => connection.ExecuteAsync(AclStore.Sql(sql, values, cancellation, transaction)), cancellation);

    private async Task<Lease> WaitAsync(NpgsqlConnection session, Action standsBy, CancellationToken cancellation)
    {
        var seen = await ReadAsync(session, cancellation);
        var since = clock.GetTimestamp();
        while (true)
        {
            var isFree = await session.ExecuteScalarAsync<bool>(AclStore.Sql(TryLock, null, cancellation));
            if ((isFree || clock.GetElapsedTime(since) >= takeoverAfter) && await TryTakeAsync(session, seen, cancellation))
            {
                if (!isFree) await EndSessionOfFormerAsync(session, cancellation);
                return seen;
            }

            if (!isFree)
            {
                standsBy();
                await Task.Delay(Look, clock, cancellation);
            }

            var now = await ReadAsync(session, cancellation);
            if (now != seen) (seen, since) = (now, clock.GetTimestamp());
        }
    }

    private async Task<Lease> TakeAtOnceAsync(DbConnection connection, CancellationToken cancellation)
    {
        while (true)
        {
            var seen = await ReadAsync(connection, cancellation);
            if (await TryTakeAsync(connection, seen, cancellation)) return seen;
        }
    }

    private async Task<bool> TryTakeAsync(DbConnection connection, Lease seen, CancellationToken cancellation)
    {
        var values = new { holder, seen.Epoch, seen.Beats };
        if (await connection.ExecuteAsync(AclStore.Sql(Take, values, cancellation)) == 0) return false;
        Interlocked.Exchange(ref epoch, seen.Epoch + 1);
        return true;
    }

    /// <summary>A session that hangs, with its process or behind a cut, goes on holding the lock.</summary>
    private static async Task EndSessionOfFormerAsync(NpgsqlConnection session, CancellationToken cancellation)
    {
        await session.ExecuteAsync(AclStore.Sql(EndHolder, null, cancellation));
        await session.ExecuteAsync(AclStore.Sql(Lock, null, cancellation));
    }

    private static Task<Lease> ReadAsync(DbConnection connection, CancellationToken cancellation) =>
        connection.QuerySingleAsync<Lease>(AclStore.Sql("select epoch as \"Epoch\", beats as \"Beats\", holder as \"Holder\" from acl_lease where id = 1", null, cancellation));

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "This layer takes over from another one, with epoch {Epoch}")]
    private partial void LogTookOver(long epoch);

    private const string Take = "update acl_lease set epoch = epoch + 1, beats = beats + 1, holder = @holder where id = 1 and epoch = @Epoch and beats = @Beats";

    /// <summary>The lock's number: of this library, and of the table, so that several layers may have their stores in schemas of one database.</summary>
    private const string Number = "1937007980, cast(cast(cast('acl_lease' as regclass) as oid) as bigint)::bit(32)::integer";

    private const string TryLock = $"select pg_try_advisory_lock({Number})";

    private const string Lock = $"select pg_advisory_lock({Number})";

    private const string EndHolder =
        """
        select pg_terminate_backend(pid)
        from pg_locks
        where locktype = 'advisory' and granted and pid <> pg_backend_pid() and classid = 1937007980 and objid = cast('acl_lease' as regclass)
          and database = (select oid from pg_database where datname = current_database())
        """;

    private sealed record Lease(long Epoch, long Beats, string Holder);
}
