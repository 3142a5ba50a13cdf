using Npgsql;
using RabbitMQ.Client;
using Strangler.Messaging;

namespace Strangler.Bench.Acl;

/// <summary>
/// From the commit of a row in PostgreSQL to the confirmed message on RabbitMQ, against what a publisher alone can reach on the same broker, and each stage alone.
/// In every round the rows are written first; then the contestants follow in random order.
/// </summary>
internal static class AclBench
{
    private const string Read = "read alone";
    private const string Translate = "read, translate, store";
    private const string Publish = "publish alone";
    private const string Ours = "acl";
    private const string Raw = "raw publisher";
    private const string Name = "bench";
    private const string Silent = "bench_silent";
    private const string Alone = "bench-publish";
    private static readonly string[] Names = [Read, Translate, Publish, Ours, Raw];

    public static async Task<BenchResult> RunAsync(BenchPlan plan, CancellationToken cancellation)
    {
        var broker = Servers.RabbitMq;
        await using var database = NpgsqlDataSource.Create(await Servers.CreateDatabaseAsync("bench_legacy", cancellation));
        var rows = new SourceRows(database);
        await rows.CreateAsync(cancellation);
        await using var connection = await new ConnectionFactory { Uri = new(broker) }.CreateConnectionAsync(cancellation);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellation);
        var layer = new Layer(Name, rows, await Servers.CreateDatabaseAsync("bench_store", cancellation), LayerHost.Medium(Name, broker));
        await layer.PrepareAsync(cancellation);
        var silent = new Layer(Silent, rows, await Servers.CreateDatabaseAsync("bench_silent_store", cancellation), new SilentMedium());
        await silent.PrepareAsync(cancellation);
        var alone = LayerHost.Medium(Alone, broker);
        await Layer.DeclareAsync(Alone, alone, cancellation);
        var raw = new RawPublisher(connection, LayerHost.Partitions);
        await raw.PrepareAsync(channel, cancellation);
        var messages = new ExamMessages(plan.Rows, keysComeTwice: false);
        var before = 0ul;

        async Task<(double, TimeSpan)> MeasureAsync(string contestant, int count)
        {
            var used = Environment.CpuUsage.TotalTime;
            switch (contestant)
            {
                case Read: return await layer.ReadAsync(before, count, cancellation);
                case Translate: return await silent.DrainAsync(before, count, cancellation);
                case Publish:
                    var next = messages.NextRound();
                    used = Environment.CpuUsage.TotalTime;
                    var published = await PublishAsync(alone, next, cancellation);
                    used = Environment.CpuUsage.TotalTime - used;
                    Arrived(Publish, next.Count, await Layer.EmptyAsync(Alone, channel, cancellation));
                    return (published, used * count / next.Count);
                case Ours:
                    var drained = await layer.DrainAsync(before, count, cancellation);
                    Arrived(Ours, layer.Sent, await Layer.EmptyAsync(Name, channel, cancellation));
                    return drained;
                default:
                    var rate = await raw.PublishAsync(count, messages.NextRound()[^1], cancellation);
                    used = Environment.CpuUsage.TotalTime - used;
                    Arrived(Raw, count, await raw.EmptyAsync(channel, cancellation));
                    return (rate, used);
            }
        }

        var measured = Names.ToDictionary(static name => name, static _ => new List<(double Rate, double ProcessorTime)>());
        for (var round = 0; round <= plan.Rounds; round++)
        {
            // Round 0 warms up: until the runtime has compiled what is hot, its work would be what is measured.
            var count = plan.Rows;
            before = await rows.WriteAsync(count, cancellation);
            // Reading alone goes first: the layer's run moves the slot past the rows.
            string[] rest = [.. Names.Except([Read])];
            Random.Shared.Shuffle(rest);
            foreach (var contestant in rest.Prepend(Read))
            {
                var (rate, used) = await MeasureAsync(contestant, count);
                if (round == 0) continue;
                measured[contestant].Add((rate, used.TotalMicroseconds / count));
                await Console.Error.WriteLineAsync($"publish: round {round}/{plan.Rounds} {contestant,-23} {Report.Number(rate),8}/s {Report.Number(used.TotalMicroseconds / count),6} us");
            }
        }

        Series Throughput(string name) => new(name, "rows or messages/s", [.. measured[name].Select(one => one.Rate)]);
        Series ProcessorTime(string name) => new(name, "client cpu us/row", [.. measured[name].Select(one => one.ProcessorTime)]);
        return new(
            "acl: commit to confirm",
            [
                $"{plan.Rows:#,0} rows a round, inserts and updates in transactions of 1 to 100, one message of {messages.BodyBytes} bytes of JSON a row",
                "acl: the pump as a host runs it, from its start to the last confirm: PostgreSQL logical replication, translator, CloudEvents headers,",
                $"     checkpoints in a PostgreSQL store, {LayerHost.Partitions} quorum queues with single active consumer",
                "raw publisher: RabbitMQ.Client alone, body, properties and headers of the same bytes, persistent, mandatory, 512 unconfirmed, no limiter, as many quorum queues",
                "ceilings: reading the rows alone; all of the layer with a medium that confirms at once; the library's publisher with messages that were made before",
                "servers, bench and all contestants share this machine's cores; every message was counted in its queue",
            ],
            [.. Names.SelectMany(name => (Series[])[Throughput(name), ProcessorTime(name)])],
            [
                Throughput(Ours).Over(Throughput(Raw), Bar.Least(0.8)), Throughput(Publish).Over(Throughput(Raw)), Throughput(Ours).Over(Throughput(Translate)),
                ProcessorTime(Ours).Over(ProcessorTime(Raw)), ProcessorTime(Publish).Over(ProcessorTime(Raw)),
            ]);
    }

    private static async Task<double> PublishAsync(RabbitMqMedium medium, IReadOnlyList<Envelope> messages, CancellationToken cancellation)
    {
        var begun = TimeProvider.System.GetTimestamp();
        await PublishAllAsync(medium, messages, cancellation);
        return messages.Count / TimeProvider.System.GetElapsedTime(begun).TotalSeconds;
    }

    /// <summary>Publishes as the pump does, and waits until all are safe.</summary>
    public static async Task PublishAllAsync(IMedium medium, IReadOnlyList<Envelope> messages, CancellationToken cancellation)
    {
        await using var publisher = await medium.OpenPublisherAsync(cancellation);
        var safe = new List<Task>();
        foreach (var part in messages.Chunk(500)) safe.Add(await publisher.PublishAsync(part, cancellation));
        await Task.WhenAll(safe);
    }

    private static void Arrived(string name, long expected, long found)
    {
        if (found != expected) throw new BenchException($"{name}: {found} messages are in the queues, {expected} were expected.");
    }
}
