using Dapper;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Strangler.AntiCorruption;

/// <summary>
/// Writes a transactional logical message now and then. Without it the slot of a quiet table never moves and holds back the log that the rest
/// of the server writes. It needs no table and no grant, and it comes back through the slot, so acknowledging it is as safe as any change.
/// </summary>
internal sealed partial class PostgresHeartbeat(PostgresSource source, TimeSpan interval, TimeProvider clock, ILogger logger)
{
    public async Task BeatAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation))
            {
                try
                {
                    await using var connection = await source.OpenAsync(cancellation);
                    await connection.ExecuteAsync(new CommandDefinition("select pg_logical_emit_message(true, 'strangler', 'heartbeat')", cancellationToken: cancellation));
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
