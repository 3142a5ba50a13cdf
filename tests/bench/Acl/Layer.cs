using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using RabbitMQ.Client;
using Strangler.AntiCorruption;
using Strangler.Messaging;

namespace Strangler.Bench.Acl;

/// <summary>The layer of one legacy database on PostgreSQL, started and stopped for each thing that is measured.</summary>
/// <param name="name">Of slot, publication, exchange and consumer.</param>
/// <param name="rows">The legacy database.</param>
/// <param name="store">The layer's own.</param>
/// <param name="medium">Where its messages go.</param>
internal sealed class Layer(string name, SourceRows rows, string store, IMedium medium)
{
    private readonly CountingMedium counting = new(medium);

    /// <summary>Declares the consumer's queues and begins capture of the table; what it holds is published.</summary>
    public async Task PrepareAsync(CancellationToken cancellation)
    {
        await DeclareAsync(name, medium, cancellation);
        using var pump = LayerHost.Create(name, rows.ConnectionString, store, counting);
        await pump.StartAsync(cancellation);
        await StreamsAsync(name, rows, store, cancellation);
        await StopAsync(pump, cancellation);
    }

    /// <summary>The consumer's queues: as it makes them itself.</summary>
    public static async Task DeclareAsync(string name, IMedium medium, CancellationToken cancellation)
    {
        for (var partition = 0; partition < medium.Partitions; partition++)
        {
            await using var receiver = await medium.OpenReceiverAsync(new(name, [ExamTranslator.Type]), partition, cancellation);
        }
    }

    /// <summary>Waits until a layer follows the changes and has read the rows that were there: what is measured later are changes.</summary>
    public static async Task StreamsAsync(string name, SourceRows rows, string store, CancellationToken cancellation)
    {
        await using var database = NpgsqlDataSource.Create(store);
        await UntilAsync("select to_regclass('acl_backfills') is not null");
        await UntilAsync("select exists (select 1 from acl_backfills) and not exists (select 1 from acl_backfills where state <> 'complete')");
        await rows.SlotIsAsync(active: true, name, cancellation);

        async Task UntilAsync(string question)
        {
            await using var command = database.CreateCommand(question);
            while (await command.ExecuteScalarAsync(cancellation) is not true) await Task.Delay(20, cancellation);
        }
    }

    /// <summary>Reads the changes after a position and does nothing with them.</summary>
    /// <returns>Rows a second, and the processor time of this process.</returns>
    public async Task<(double Rate, TimeSpan ProcessorTime)> ReadAsync(ulong after, int count, CancellationToken cancellation)
    {
        // A sign of life would look for a publication that this reader has not prepared.
        var feed = new PostgresChangeFeed(
            rows.ConnectionString, new() { Slot = name, Publication = name, HeartbeatInterval = TimeSpan.FromHours(1) }, TimeProvider.System, NullLogger<PostgresChangeFeed>.Instance);
        var (begun, used) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        var read = 0;
        await using (feed)
        {
            await foreach (var transaction in feed.ReadAsync(0, cancellation))
            {
                foreach (var change in transaction.Changes) read += change.Version.Position > after ? 1 : 0;
                if (read >= count) break;
            }
        }

        var (elapsed, spent) = (Stopwatch.GetElapsedTime(begun), Environment.CpuUsage.TotalTime - used);
        await rows.SlotIsAsync(active: false, name, cancellation);
        return (count / elapsed.TotalSeconds, spent);
    }

    /// <summary>Publishes the changes after a position, and rows that were there before when it begins; from the start of the pump to the last confirm, opening its connections included.</summary>
    /// <returns>Rows a second, and the processor time of this process.</returns>
    public async Task<(double Rate, TimeSpan ProcessorTime)> DrainAsync(ulong after, int count, CancellationToken cancellation)
    {
        using var pump = LayerHost.Create(name, rows.ConnectionString, store, counting);
        var confirmed = counting.ExpectAsync(after, count);
        var (begun, used) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        await pump.StartAsync(cancellation);
        var elapsed = Stopwatch.GetElapsedTime(begun, await confirmed.WaitAsync(cancellation));
        used = Environment.CpuUsage.TotalTime - used;
        await rows.SlotMovesOnAsync(name, cancellation);
        await StopAsync(pump, cancellation);
        return (count / elapsed.TotalSeconds, used);
    }

    /// <summary>Messages that the last drain sent: its rows, and what a pump that was stopped sends again.</summary>
    public int Sent => counting.Sent;

    /// <summary>Empties the queues of a consumer.</summary>
    /// <returns>How many messages were there.</returns>
    public static async Task<long> EmptyAsync(string name, IChannel channel, CancellationToken cancellation)
    {
        var messages = 0L;
        for (var partition = 0; partition < LayerHost.Partitions; partition++) messages += await channel.QueuePurgeAsync($"{name}.{name}.{partition}", cancellation);
        return messages;
    }

    private async Task StopAsync(IHost pump, CancellationToken cancellation)
    {
        await pump.StopAsync(cancellation);
        await rows.SlotIsAsync(active: false, name, cancellation);
    }
}
