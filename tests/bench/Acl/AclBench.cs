using System.Text.Json;
using Npgsql;
using RabbitMQ.Client;
using Strangler.Messaging;

namespace Strangler.Bench.Acl;

/// <summary>
/// From the commit of a row in PostgreSQL to the confirmed message on RabbitMQ, against what a publisher alone can reach on the same broker.
/// In every round the rows are written first; then the layer drains them and the raw publisher sends as many messages, in random order.
/// </summary>
internal static class AclBench
{
    private const string Decode = "decode only";
    private const string Ours = "acl";
    private const string Raw = "raw publisher";

    public static async Task<BenchResult> RunAsync(BenchPlan plan, CancellationToken cancellation)
    {
        var server = Server("STRANGLER_TEST_POSTGRES");
        var broker = Server("STRANGLER_TEST_RABBITMQ");
        await using var database = NpgsqlDataSource.Create(await CreateDatabaseAsync(server, "bench_legacy", cancellation));
        var store = await CreateDatabaseAsync(server, "bench_store", cancellation);
        var rows = new SourceRows(database);
        await rows.CreateAsync(cancellation);
        await using var connection = await new ConnectionFactory { Uri = new(broker) }.CreateConnectionAsync(cancellation);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellation);
        var layer = new Layer(rows, database.ConnectionString, store, broker);
        await layer.PrepareAsync(cancellation);
        var raw = new RawPublisher(connection, Layer.Partitions);
        await raw.PrepareAsync(channel, cancellation);
        // What the translator makes of one of the rows.
        var body = JsonSerializer.SerializeToUtf8Bytes(new ExamTranslator.Exam("100000", "42", "20/11/2026", "A", string.Concat(Enumerable.Repeat("observacao ", 37))), MessageJson.Options);

        async Task<Measured[]> RawAsync(int messages)
        {
            var used = Environment.CpuUsage.TotalTime;
            var rate = await raw.PublishAsync(messages, body, cancellation);
            used = Environment.CpuUsage.TotalTime - used;
            Arrived(Raw, messages, await raw.EmptyAsync(channel, cancellation));
            return [new(Raw, rate, used / messages)];
        }

        async Task<Measured[]> LayerAsync(int count)
        {
            var before = await rows.WriteAsync(count, cancellation);
            var used = Environment.CpuUsage.TotalTime;
            var decoded = await layer.DecodeAsync(before, count, cancellation);
            used = Environment.CpuUsage.TotalTime - used;
            var drained = await layer.DrainAsync(before, count, cancellation);
            Arrived(Ours, layer.Sent, await Layer.EmptyAsync(channel, cancellation));
            return [new(Decode, decoded, used / count), new(Ours, drained.Rate, drained.ProcessorTime / count)];
        }

        await Console.Error.WriteLineAsync("acl: warming up");
        var warmUp = Math.Max(1, plan.Rows / 4);
        await LayerAsync(warmUp);
        await RawAsync(warmUp);
        var measured = new List<Measured>();
        for (var round = 1; round <= plan.Rounds; round++)
        {
            Func<int, Task<Measured[]>>[] order = [RawAsync, LayerAsync];
            Random.Shared.Shuffle(order);
            foreach (var contestant in order)
            {
                foreach (var one in await contestant(plan.Rows))
                {
                    measured.Add(one);
                    await Console.Error.WriteLineAsync($"acl: round {round}/{plan.Rounds} {one.Name,-13} {Report.Number(one.Rate),8} rows or messages/s");
                }
            }
        }

        Series Metric(string name, string metric, Func<Measured, double> value) => new(name, metric, [.. measured.Where(one => one.Name == name).Select(value)]);
        Series Throughput(string name) => Metric(name, "rows or messages/s", one => one.Rate);
        Series ProcessorTime(string name) => Metric(name, "client cpu us/row", one => one.ProcessorTime.TotalMicroseconds);
        return new(
            "acl",
            [
                $"{plan.Rows:#,0} rows a round, inserts and updates in transactions of 1 to 100, one message of {body.Length} bytes of JSON a row",
                "acl: the pump as a host runs it, from its start to the last confirm: PostgreSQL logical replication, translator, CloudEvents headers,",
                $"     checkpoints in a PostgreSQL store, {Layer.Partitions} quorum queues with single active consumer",
                "raw publisher: RabbitMQ.Client alone, the same body without headers, persistent, mandatory, 512 unconfirmed, no limiter, as many quorum queues",
                "decode only: the same rows read from the change feed and dropped, the ceiling of that stage",
                "servers, bench and all contestants share this machine's cores; every message was counted in its queue",
            ],
            [.. new[] { Decode, Ours, Raw }.SelectMany(name => (Series[])[Throughput(name), ProcessorTime(name)])],
            [Throughput(Ours).Over(Throughput(Raw), Bar.Least(0.5)), Throughput(Ours).Over(Throughput(Decode)), ProcessorTime(Ours).Over(ProcessorTime(Raw))]);
    }

    private static void Arrived(string name, long expected, long found)
    {
        if (found != expected) throw new BenchException($"{name}: {found} messages are in the queues, {expected} were expected.");
    }

    public static async Task<string> CreateDatabaseAsync(string server, string name, CancellationToken cancellation)
    {
        await using var connection = new NpgsqlConnection(server);
        await connection.OpenAsync(cancellation);
        await using var command = new NpgsqlCommand($"create database {name}", connection);
        await command.ExecuteNonQueryAsync(cancellation);
        return new NpgsqlConnectionStringBuilder(server) { Database = name }.ConnectionString;
    }

    public static string Server(string variable) => Environment.GetEnvironmentVariable(variable)
        ?? throw new BenchException($"{variable} is not set; start the bench by tests/bench/run.");

    private sealed record Measured(string Name, double Rate, TimeSpan ProcessorTime);
}
