using System.Diagnostics;
using Npgsql;
using Strangler.Messaging;

namespace Strangler.Bench.Acl;

/// <summary>
/// What a consumer applies to a PostgreSQL store: messages wait in its queues, the consumer starts, and the time until the last is applied counts.
/// Beside it the same handler, and the same statements without broker and consumer, which is what the store can take.
/// </summary>
internal static class ConsumerBench
{
    private const string Together = "consumer, many at once";
    private const string OneByOne = "consumer, one by one";
    private const string Store = "store alone, many at once";
    private const string MassTransit = "MassTransit, inbox";
    private const string StoreOneByOne = "store alone, one by one";
    private const int Partitions = 4;
    private const int StoreBatch = 1_000;

    // A fifth of the messages is enough to tell how many it applies in a second.
    private const int MassTransitShare = 5;

    public static async Task<BenchResult> RunAsync(BenchPlan plan, CancellationToken cancellation)
    {
        var broker = Servers.RabbitMq;
        var connectionString = await Servers.CreateDatabaseAsync("bench_consumer", cancellation);
        await using var store = StoreDataSource.Create(connectionString);
        await ExamStore.CreateAsync(store, cancellation);
        var messages = new ExamMessages(plan.Rows, keysComeTwice: true);
        var massTransit = new MassTransitPeer(broker, (NpgsqlDataSource)store);
        await massTransit.CreateAsync(cancellation);
        var sending = new RabbitMqMedium(Options("bench-consumer"));
        foreach (var name in (string[])[Together, OneByOne])
        {
            for (var partition = 0; partition < Partitions; partition++)
            {
                await using var receiver = await sending.OpenReceiverAsync(new(NameOf(name), [ExamTranslator.Type]), partition, cancellation);
            }
        }

        var measured = new Dictionary<string, List<(double Rate, double ProcessorTime)>> { [Together] = [], [OneByOne] = [], [Store] = [], [StoreOneByOne] = [], [MassTransit] = [] };
        for (var round = 0; round <= plan.Rounds; round++)
        {
            // Both consumers are bound, so each message waits for both.
            await AclBench.PublishAllAsync(sending, messages.NextRound(), cancellation);
            string[] order = [.. measured.Keys];
            Random.Shared.Shuffle(order);
            foreach (var name in order)
            {
                var used = Environment.CpuUsage.TotalTime;
                var count = name switch
                {
                    Store or StoreOneByOne => messages.Bodies.Count,
                    MassTransit => Math.Max(1, plan.Rows / MassTransitShare),
                    _ => plan.Rows,
                };
                var rate = name switch
                {
                    Store => await StoreAloneAsync(store, messages, StoreBatch, cancellation),
                    MassTransit => await massTransit.ConsumeAsync(messages, count, cancellation),
                    StoreOneByOne => await StoreAloneAsync(store, messages, 1, cancellation),
                    _ => await ConsumeAsync(store, Options("bench-consumer"), name, plan.Rows, cancellation),
                };
                used = Environment.CpuUsage.TotalTime - used;
                if (round == 0) continue;
                measured[name].Add((rate, used.TotalMicroseconds / count));
                await Console.Error.WriteLineAsync($"consumer: round {round}/{plan.Rounds} {name,-25} {Report.Number(rate),8} messages/s");
            }
        }

        Series Throughput(string name) => new(name, "messages/s", [.. measured[name].Select(one => one.Rate)]);
        Series ProcessorTime(string name) => new(name, "client cpu us/message", [.. measured[name].Select(one => one.ProcessorTime)]);
        return new(
            "consumer",
            [
                $"{plan.Rows:#,0} messages of {messages.BodyBytes} bytes of JSON wait in {Partitions} quorum queues; each key comes twice",
                "from the start of the consumer's host to the last applied message, opening its connections included; every message is counted",
                $"{Together}: a handler of many, one upsert from arrays; {OneByOne}: a handler of single messages, one upsert each",
                $"store alone: the same upserts in transactions of {StoreBatch:#,0} on {Partitions} connections, without broker, inbox and consumer: the ceilings",
                "MassTransit: 8.4, raw JSON, the same handler one by one, 8 at a time; for each message one transaction with the statements of an inbox, written by hand:",
                "     its own is in MassTransit.EntityFrameworkCore, which could not be restored, and commits three times",
                "servers, bench and all contestants share this machine's cores",
            ],
            [.. measured.Keys.SelectMany(name => (Series[])[Throughput(name), ProcessorTime(name)])],
            [Throughput(Together).Alone(Bar.Least(30_000)), Throughput(Together).Over(Throughput(MassTransit), Bar.Least(2)), Throughput(OneByOne).Over(Throughput(MassTransit)), Throughput(Together).Over(Throughput(Store)), Throughput(OneByOne).Over(Throughput(StoreOneByOne))]);

        MessagingOptions Options(string exchange) => new() { Exchange = exchange, Partitions = Partitions, RabbitMq = { Uri = broker } };
    }

    private static string NameOf(string contestant) => contestant == Together ? "together" : "one-by-one";

    private static async Task<double> ConsumeAsync(System.Data.Common.DbDataSource store, MessagingOptions options, string contestant, int messages, CancellationToken cancellation)
    {
        using var host = Service.Create(NameOf(contestant), store, new(options), contestant == Together);
        var status = Service.StatusOf(host, NameOf(contestant));
        var watch = Stopwatch.StartNew();
        await host.StartAsync(cancellation);
        while (status.Counts.Received < messages) await Task.Delay(TimeSpan.FromMilliseconds(5), cancellation);
        var elapsed = watch.Elapsed;
        await host.StopAsync(cancellation);
        if (status.Counts.Applied != messages) throw new BenchException($"{contestant}: {status.Counts}, but {messages} messages were to be applied.");
        return messages / elapsed.TotalSeconds;
    }

    private static async Task<double> StoreAloneAsync(System.Data.Common.DbDataSource store, ExamMessages messages, int atOnce, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        await Parallel.ForEachAsync(messages.Bodies.Chunk(StoreBatch), new ParallelOptions { MaxDegreeOfParallelism = Partitions, CancellationToken = cancellation }, async (batch, token) =>
        {
            await using var connection = await store.OpenConnectionAsync(token);
            await using var transaction = await connection.BeginTransactionAsync(token);
            foreach (var part in batch.Chunk(atOnce)) await ExamStore.SaveAsync(connection, transaction, part, token);
            await transaction.CommitAsync(token);
        });
        return messages.Bodies.Count / watch.Elapsed.TotalSeconds;
    }
}
