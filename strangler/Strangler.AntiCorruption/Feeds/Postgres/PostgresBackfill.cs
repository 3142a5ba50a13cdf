using System.Data;
using System.Globalization;
using Dapper;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Strangler.AntiCorruption;

/// <summary>
/// Reads chunks beside the stream: rows and snapshot in one transaction, then a marker in the log, whose commit follows every transaction that the
/// snapshot sees. Where the marker comes back, <see cref="PostgresChunkWindow"/> has the rows as they stand there. No slot, no lock but a reader's, no long
/// transaction: nothing waits but, once a run, the first chunk for the transactions that are open then.
/// </summary>
internal sealed partial class PostgresBackfill(PostgresSource source, PostgresChunkWindow window, TimeProvider clock, ILogger logger)
{
    /// <summary>Prefix of the markers among the logical messages of the log.</summary>
    public const string MarkerPrefix = "strangler.backfill";

    // Below this many rows an exact count costs nothing; above it the planner's estimate will do.
    private const long CountExactlyBelow = 100_000;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public async Task<BackfillExtent> MeasureAsync(CapturedTable table, BackfillFilter filter, CancellationToken cancellation)
    {
        try
        {
            await using var connection = await source.OpenAsync(cancellation);
            var rows = await PostgresRows.OpenAsync(connection, table, cancellation);
            var estimate = await connection.ExecuteScalarAsync<long>(
                new CommandDefinition("select reltuples::bigint from pg_class where oid = cast(@table as regclass)", new { table = PostgresSource.QuoteTable(table.Name) }, cancellationToken: cancellation));
            long? count = estimate < CountExactlyBelow ? await rows.CountAsync(filter, cancellation) : filter.Conditions.Count == 0 ? estimate : null;
            return new(await rows.LastKeyAsync(filter, cancellation), count);
        }
        catch (NpgsqlException failure)
        {
            throw Failed(table, failure);
        }
    }

    /// <summary>Reads a chunk, and again until its place in the order is certain.</summary>
    public async Task<BackfillChunk> ReadAsync(BackfillRequest request, CancellationToken cancellation)
    {
        try
        {
            var (pause, begun, told) = (FirstPause, clock.GetTimestamp(), false);
            while (true)
            {
                if (window.Barrier is null) await BeginAsync(cancellation);
                if (await TryReadAsync(request, cancellation) is { } chunk) return chunk;

                if (!told && clock.GetElapsedTime(begun) > Patience) LogWaits(request.Table.Name);
                told |= clock.GetElapsedTime(begun) > Patience;
                await Task.Delay(pause, clock, cancellation);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
        catch (NpgsqlException failure)
        {
            throw Failed(request.Table, failure);
        }
    }

    /// <summary>
    /// A transaction may have been streamed before the window watched and still be invisible (its commit waits for a standby, say). It is older
    /// than one that begins now.
    /// </summary>
    private async Task BeginAsync(CancellationToken cancellation)
    {
        window.Watch();
        await using var connection = await source.OpenAsync(cancellation);
        var now = await connection.ExecuteScalarAsync<string>(new CommandDefinition("select pg_current_xact_id()::text", cancellationToken: cancellation));
        window.Bar(ulong.Parse(now!, CultureInfo.InvariantCulture));
    }

    /// <returns>Null when the chunk was older than what was streamed before.</returns>
    private async Task<BackfillChunk?> TryReadAsync(BackfillRequest request, CancellationToken cancellation)
    {
        var opening = window.Open(request);
        try
        {
            await using var connection = await source.OpenAsync(cancellation);
            var (snapshot, rows) = await RowsAsync(connection, request, cancellation);
            if (!window.TryPlace(opening, snapshot, rows)) return null;

            await connection.ExecuteAsync(new CommandDefinition(
                "select pg_logical_emit_message(true, @prefix, @marker)", new { prefix = MarkerPrefix, marker = opening.Marker }, cancellationToken: cancellation));
            return await opening.Arrival.WaitAsync(cancellation);
        }
        catch (Exception failure) when (failure is OperationCanceledException or NpgsqlException && !window.Withdraw(opening))
        {
            // It came out in the same moment.
            return await opening.Arrival;
        }
        finally
        {
            window.Withdraw(opening);
        }
    }

    /// <summary>
    /// The table is locked, as any select locks it, before the snapshot is taken: to a snapshot that is older than an <c>alter table</c> which writes the table anew, and for which the reading
    /// waited, that table is empty (PostgreSQL manual, "Caveats" of "Concurrency Control").
    /// </summary>
    private static async Task<(PostgresSnapshot Snapshot, IReadOnlyList<SourceRow> Rows)> RowsAsync(NpgsqlConnection connection, BackfillRequest request, CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        var snapshot = await connection.ExecuteScalarAsync<string>(
            new CommandDefinition(
                $"set transaction read only; lock table {PostgresSource.QuoteTable(request.Table.Name)} in access share mode; select pg_current_snapshot()::text",
                transaction: transaction, cancellationToken: cancellation));
        var rows = await PostgresRows.OpenAsync(connection, request.Table, cancellation);
        return (PostgresSnapshot.Parse(snapshot!), await rows.ReadAsync(request, cancellation));
    }

    // The server's text about data (class 22) may quote a value.
    private static BackfillFailedException Failed(CapturedTable table, NpgsqlException failure) => failure is PostgresException refused
        ? new(table.Name, refused.SqlState.StartsWith("22", StringComparison.Ordinal) ? $"SQL state {refused.SqlState}" : $"{refused.MessageText} (SQL state {refused.SqlState})", refused.IsTransient, failure)
        : new(table.Name, failure.Message, isPassing: true, failure);

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "The backfill of table {Table} waits for transactions of the source that were open before it began to read; the stream goes on")]
    private partial void LogWaits(string table);
}
