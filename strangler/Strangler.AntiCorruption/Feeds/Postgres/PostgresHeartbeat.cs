using Dapper;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Strangler.AntiCorruption;

/// <summary>
/// Writes a transactional logical message now and then. Without it the slot of a quiet table never moves and holds back the log that the rest
/// of the server writes. It needs no table and no grant, and it comes back through the slot, so acknowledging it is as safe as any change.
/// It also looks whether the publication is still what capture prepared: what it leaves out, the stream leaves out without a word.
/// </summary>
internal sealed partial class PostgresHeartbeat(PostgresSource source, PostgresFeedOptions options, string published, TimeProvider clock, ILogger logger)
{
    /// <summary>What was changed under the reader; null while nothing was.</summary>
    public string? Gap { get; private set; }

    /// <summary>Beats until it is cancelled, or until there is a gap: then <paramref name="stop"/> is cancelled.</summary>
    public async Task BeatAsync(CancellationTokenSource stop)
    {
        var cancellation = stop.Token;
        using var timer = new PeriodicTimer(options.HeartbeatInterval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation))
            {
                try
                {
                    await using var connection = await source.OpenAsync(cancellation);
                    await connection.ExecuteAsync(new CommandDefinition("select pg_logical_emit_message(true, 'strangler', 'heartbeat')", cancellationToken: cancellation));
                    if ((await PostgresPublication.ReadAsync(connection, options.Publication, cancellation))?.Signature != published)
                    {
                        Gap = $"Publication '{options.Publication}' was changed while it was read: changes of its tables may be missing. Look with strangler doctor; the next start puts it right, and backfills with AntiCorruption:OnGap=Backfill.";
                        await stop.CancelAsync();
                        return;
                    }
                }
                catch (NpgsqlException failure)
                {
                    // The reader notices a dead server by itself; a beat that a living one refuses is worth a word.
                    LogMissed(failure);
                }
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
        }
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "The heartbeat could not be written; the slot of a quiet database holds its log back until it can")]
    private partial void LogMissed(Exception cause);
}
