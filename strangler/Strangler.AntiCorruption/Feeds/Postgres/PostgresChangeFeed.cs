using System.Runtime.CompilerServices;
using Dapper;
using Microsoft.Extensions.Logging;
using Npgsql;
using Npgsql.Replication;
using NpgsqlTypes;

namespace Strangler.AntiCorruption;

/// <summary>
/// Change feed of a PostgreSQL database (14 or newer; tested with 15) by logical replication with the built-in plugin pgoutput, protocol 1: whole
/// transactions, in commit order, after their commit. The version of a change is (position where its commit record begins, number of the change);
/// the position to store is where the commit record ends. A transaction whose commit record begins before the stored position is one that was
/// read before: the server may send it again, because it persists a slot's position only now and then.
/// </summary>
/// <remarks>
/// The publication holds the captured tables alone. Tables whose old rows are wanted are set to <c>replica identity full</c>, and stay so after
/// <see cref="RemoveAsync"/>. Values come as text in the form that <see cref="SourceRow"/> describes.
/// </remarks>
public sealed class PostgresChangeFeed : IChangeFeed
{
    private readonly PostgresSource source;
    private readonly PostgresCapture capture;
    private readonly PostgresChunkWindow window = new();
    private readonly PostgresBackfill backfill;
    private readonly PostgresFeedOptions options;
    private readonly TimeProvider clock;
    private readonly ILogger<PostgresChangeFeed> logger;
    private ulong acknowledged;
    private long lastContactTicks;

    /// <param name="connectionString"><c>Host=…;Database=…</c>; the role needs replication, and owns the tables or finds everything prepared.</param>
    /// <param name="options">How to capture.</param>
    /// <param name="clock">For the heartbeat.</param>
    /// <param name="logger">Says when the heartbeat is refused.</param>
    public PostgresChangeFeed(string connectionString, PostgresFeedOptions options, TimeProvider clock, ILogger<PostgresChangeFeed> logger)
    {
        source = new(connectionString);
        capture = new(source, options);
        backfill = new(source, window, clock, logger);
        this.options = options;
        this.clock = clock;
        this.logger = logger;
    }

    /// <inheritdoc/>
    public DateTimeOffset? LastContact => Interlocked.Read(ref lastContactTicks) is > 0 and var ticks ? new(ticks, TimeSpan.Zero) : null;

    /// <inheritdoc/>
    public async Task<SourceIdentity> PrepareAsync(
        IReadOnlyList<CapturedTable> tables, SourceCheckpoint? stored, GapPolicy onGap, CancellationToken cancellation)
    {
        // An open connection is an answer, whatever comes of the rest.
        await using (await source.OpenAsync(cancellation)) Answered();
        var identity = await capture.PrepareAsync(tables, stored, onGap, cancellation);
        Answered();
        return identity;
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<SourceFinding>> ExamineAsync(IReadOnlyList<CapturedTable> tables, SourceCheckpoint? stored, CancellationToken cancellation) =>
        capture.ExamineAsync(tables, stored, cancellation);

    /// <inheritdoc/>
    public Task EndOthersAsync(CancellationToken cancellation) => capture.EndReaderAsync(cancellation);

    /// <inheritdoc/>
    public Task<BackfillExtent> MeasureAsync(CapturedTable table, BackfillFilter filter, CancellationToken cancellation) =>
        backfill.MeasureAsync(table, filter, cancellation);

    /// <inheritdoc/>
    public Task<BackfillChunk> BackfillAsync(BackfillRequest request, CancellationToken cancellation) => backfill.ReadAsync(request, cancellation);

    /// <inheritdoc/>
    public async IAsyncEnumerable<SourceTransaction> ReadAsync(ulong after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var connection = await capture.OpenReaderAsync(cancellation);
        var process = connection.ProcessID;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        // The slot hears of nothing before it is acknowledged: what was acknowledged before is what the checkpoint says.
        Acknowledge(after);
        Report(connection);
        var stream = PgOutputStream.Start(connection, options, after, stop.Token);
        var heartbeat = new PostgresHeartbeat(source, options, capture.Published, clock, logger);
        var beating = heartbeat.BeatAsync(stop);
        var transaction = new PostgresTransaction((relation, token) => PostgresTypes.OfAsync(source, relation, token), after, window);
        try
        {
            while (await NextAsync(stream, after, heartbeat, cancellation) is { } message)
            {
                Answered();
                Report(connection);
                await transaction.TakeAsync(message, stop.Token);
                if (transaction.Ended || transaction.Truncates || transaction.LiveChanges >= options.PartChanges)
                {
                    if (transaction.TakePart() is { } part) yield return part;
                }
            }
        }
        finally
        {
            await CancelAsync(stop);
            window.Abandon();
            await capture.CloseReaderAsync(connection, process);
            await beating;
        }
    }

    /// <inheritdoc/>
    public void Acknowledge(ulong position) => Interlocked.Exchange(ref acknowledged, position);

    /// <inheritdoc/>
    public async Task<SourceHead> HeadAsync(CancellationToken cancellation)
    {
        await using var connection = await source.OpenAsync(cancellation);
        var (position, retained) = await connection.QuerySingleAsync<(NpgsqlLogSequenceNumber, long?)>(
            new CommandDefinition(HeadSql, new { slot = options.Slot }, cancellationToken: cancellation));
        return new((ulong)position, "bytes", retained);
    }

    /// <inheritdoc/>
    public Task RemoveAsync(CancellationToken cancellation) => capture.RemoveAsync(cancellation);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await capture.DisposeAsync();
        await source.DisposeAsync();
    }

    /// <summary>Null when the reading was cancelled, which is its normal end.</summary>
    private async ValueTask<ReadOnlyMemory<byte>?> NextAsync(PgOutputStream stream, ulong after, PostgresHeartbeat heartbeat, CancellationToken cancellation)
    {
        try
        {
            return await stream.NextAsync();
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return null;
        }
        catch (OperationCanceledException) when (heartbeat.Gap is not null)
        {
            throw new SourceGapException([heartbeat.Gap]);
        }
        catch (PostgresException failure)
        {
            capture.ReadingFailed(after, failure);
            throw;
        }
    }

    private static async Task CancelAsync(CancellationTokenSource stop)
    {
        try
        {
            await stop.CancelAsync();
        }
        catch (AggregateException)
        {
            // The driver, which hears of it too, may be unable to cancel a broken connection; closing it does not rely on that.
        }
    }

    /// <summary>The client sends this position to the server every second; the server forgets what lies before it.</summary>
    private void Report(LogicalReplicationConnection connection) =>
        connection.SetReplicationStatus(new NpgsqlLogSequenceNumber(Interlocked.Read(ref acknowledged)));

    private void Answered() => Interlocked.Exchange(ref lastContactTicks, clock.GetUtcNow().UtcTicks);

    private const string HeadSql =
        """
        select pg_current_wal_lsn(), (select pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::bigint from pg_replication_slots where slot_name = @slot)
        """;
}
