using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using RabbitMQ.Client;
using Strangler.AntiCorruption;
using Strangler.Messaging;

namespace Strangler.Bench.Acl;

/// <summary>The anti-corruption layer as a host has it: its pump between the legacy database and RabbitMQ, with one translator and one subscribed consumer.</summary>
internal sealed class Layer(SourceRows rows, string source, string store, string broker)
{
    public const int Partitions = 4;

    private const string Name = "bench";

    private readonly CountingMedium medium = new(new RabbitMqMedium(new() { Exchange = Name, Partitions = Partitions, RabbitMq = { Uri = broker } }));

    /// <summary>Declares the consumer's queues and begins capture of the table, which is empty.</summary>
    public async Task PrepareAsync(CancellationToken cancellation)
    {
        for (var partition = 0; partition < Partitions; partition++)
        {
            await using var receiver = await medium.OpenReceiverAsync(new(Name, [ExamTranslator.Type]), partition, cancellation);
        }

        using var pump = CreatePump();
        await pump.StartAsync(cancellation);
        // The publisher is opened after the slot is made and before it is read: then a reader on the slot is the stream.
        await medium.Opened.WaitAsync(cancellation);
        await rows.SlotIsAsync(active: true, Name, cancellation);
        await BackfilledAsync(cancellation);
        await StopAsync(pump, cancellation);
    }

    /// <summary>Waits until the layer has read the rows that were there: what is measured later are changes.</summary>
    private async Task BackfilledAsync(CancellationToken cancellation)
    {
        await using var database = NpgsqlDataSource.Create(store);
        await using var complete = database.CreateCommand("select exists (select 1 from acl_backfills) and not exists (select 1 from acl_backfills where state <> 'complete')");
        while (await complete.ExecuteScalarAsync(cancellation) is not true) await Task.Delay(20, cancellation);
    }

    /// <summary>Reads the changes after a position and does nothing with them.</summary>
    /// <returns>Rows a second.</returns>
    public async Task<double> DecodeAsync(ulong after, int count, CancellationToken cancellation)
    {
        var feed = new PostgresChangeFeed(source, new() { Slot = Name, Publication = Name, HeartbeatInterval = TimeSpan.FromHours(1) }, TimeProvider.System, NullLogger<PostgresChangeFeed>.Instance);
        var watch = Stopwatch.StartNew();
        var read = 0;
        await using (feed)
        {
            await foreach (var transaction in feed.ReadAsync(0, cancellation))
            {
                read += transaction.Changes.Count(change => change.Version.Position > after);
                if (read >= count) break;
            }
        }

        var elapsed = watch.Elapsed;
        await rows.SlotIsAsync(active: false, Name, cancellation);
        return count / elapsed.TotalSeconds;
    }

    /// <summary>Publishes the changes after a position; from the start of the pump to the last confirm, opening its connections included.</summary>
    /// <returns>Rows a second, and the processor time of this process.</returns>
    public async Task<(double Rate, TimeSpan ProcessorTime)> DrainAsync(ulong after, int count, CancellationToken cancellation)
    {
        using var pump = CreatePump();
        var confirmed = medium.ExpectAsync(after, count);
        var (begun, used) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        await pump.StartAsync(cancellation);
        var elapsed = Stopwatch.GetElapsedTime(begun, await confirmed.WaitAsync(cancellation));
        used = Environment.CpuUsage.TotalTime - used;
        await StopAsync(pump, cancellation);
        return (count / elapsed.TotalSeconds, used);
    }

    /// <summary>Messages that the last drain sent: its rows, and what a pump that was stopped sends again.</summary>
    public int Sent => medium.Sent;

    /// <summary>Empties the consumer's queues.</summary>
    /// <returns>How many messages were there.</returns>
    public static async Task<long> EmptyAsync(IChannel channel, CancellationToken cancellation)
    {
        var messages = 0L;
        for (var partition = 0; partition < Partitions; partition++) messages += await channel.QueuePurgeAsync($"{Name}.{Name}.{partition}", cancellation);
        return messages;
    }

    private IHost CreatePump()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:Source"] = source,
            ["ConnectionStrings:Store"] = store,
            ["AntiCorruption:Slot"] = Name,
            ["AntiCorruption:Publication"] = Name,
        });
        builder.Services.AddSingleton<IMedium>(medium);
        builder.Services.AddAntiCorruption(builder.Configuration).AddTranslator<ExamTranslator>();
        // What the pump has to say, it says here: a run that began again after a failure would not be what is measured.
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        return builder.Build();
    }

    private async Task StopAsync(IHost pump, CancellationToken cancellation)
    {
        await pump.StopAsync(cancellation);
        await rows.SlotIsAsync(active: false, Name, cancellation);
    }
}
