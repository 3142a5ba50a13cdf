using System.Diagnostics;
using Npgsql;
using RabbitMQ.Client;

namespace Strangler.Bench.Acl;

/// <summary>A layer in a process of its own, with what it holds in memory, and its consumer's queues, which are emptied and counted all the time.</summary>
internal sealed class LayerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    private readonly string name;
    private readonly NpgsqlDataSource database;
    private readonly ContestantProcess process;
    private readonly IConnection connection;
    private readonly IChannel channel;

    private LayerProcess(string name, NpgsqlDataSource database, SourceRows rows, ContestantProcess process, IConnection connection, IChannel channel)
    {
        (this.name, this.database, Rows, this.process, this.connection, this.channel) = (name, database, rows, process, connection, channel);
    }

    public SourceRows Rows { get; }

    /// <summary>Messages that have arrived.</summary>
    public long Messages { get; private set; }

    /// <summary>Resident memory, in MiB, one value each time the queues were emptied, with the seconds since <see cref="Begin"/>.</summary>
    public List<(double Seconds, double Mebibytes)> Resident { get; } = [];

    private long begun;

    /// <summary>Starts it on an empty table and waits until it follows the changes.</summary>
    public static async Task<LayerProcess> StartAsync(string name, CancellationToken cancellation)
    {
        var database = NpgsqlDataSource.Create(await Servers.CreateDatabaseAsync($"{name}_legacy", cancellation));
        var rows = new SourceRows(database);
        await rows.CreateAsync(cancellation);
        var store = await Servers.CreateDatabaseAsync($"{name}_store", cancellation);
        await Layer.DeclareAsync(name, LayerHost.Medium(name, Servers.RabbitMq), cancellation);
        var connection = await new ConnectionFactory { Uri = new(Servers.RabbitMq) }.CreateConnectionAsync(cancellation);
        var channel = await connection.CreateChannelAsync(cancellationToken: cancellation);
        var process = ContestantProcess.Start(name, "dotnet", typeof(LayerProcess).Assembly.Location, LayerHost.Mode, name, database.ConnectionString, store, Servers.RabbitMq);
        await Layer.StreamsAsync(name, rows, store, cancellation);
        return new(name, database, rows, process, connection, channel);
    }

    /// <summary>Begins to measure.</summary>
    public void Begin() => begun = Stopwatch.GetTimestamp();

    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(begun);

    /// <summary>Empties the queues until so many messages have arrived since the start.</summary>
    public async Task ArrivedAsync(long messages, CancellationToken cancellation)
    {
        while (true)
        {
            Messages += await Layer.EmptyAsync(name, channel, cancellation);
            Resident.Add((Elapsed.TotalSeconds, process.ResidentMebibytes()));
            if (Messages >= messages) return;
            await Task.Delay(Interval, cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        process.Dispose();
        await channel.DisposeAsync();
        await connection.DisposeAsync();
        await database.DisposeAsync();
    }
}
