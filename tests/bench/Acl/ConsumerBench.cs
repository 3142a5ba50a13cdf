using System.Diagnostics;
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
    private const string Store = "store alone";
    private const int Partitions = 4;
    private const int StoreBatch = 1_000;

    public static async Task<BenchResult> RunAsync(BenchPlan plan, CancellationToken cancellation)
    {
        var broker = AclBench.Server("STRANGLER_TEST_RABBITMQ");
        var connectionString = await AclBench.CreateDatabaseAsync(AclBench.Server("STRANGLER_TEST_POSTGRES"), "bench_consumer", cancellation);
        await using var store = StoreDataSource.Create(connectionString);
        await ExecuteAsync(store, ExamStore.Create, cancellation);
        var messages = new ExamMessages(plan.Rows);
        var sending = new RabbitMqMedium(Options("bench-consumer"));
        foreach (var name in (string[])[Together, OneByOne])
        {
            for (var partition = 0; partition < Partitions; partition++)
            {
                await using var receiver = await sending.OpenReceiverAsync(new(NameOf(name), [ExamTranslator.Type]), partition, cancellation);
            }
        }

        var measured = new Dictionary<string, List<(double Rate, double ProcessorTime)>> { [Together] = [], [OneByOne] = [], [Store] = [] };
        for (var round = 0; round <= plan.Rounds; round++)
        {
            // Both consumers are bound, so each message waits for both.
            await PublishAsync(sending, messages.NextRound(), cancellation);
            string[] order = [.. measured.Keys];
            Random.Shared.Shuffle(order);
            foreach (var name in order)
            {
                var used = Environment.CpuUsage.TotalTime;
                var rate = name == Store ? await StoreAloneAsync(store, messages, cancellation) : await ConsumeAsync(store, Options("bench-consumer"), name, plan.Rows, cancellation);
                used = Environment.CpuUsage.TotalTime - used;
                if (round == 0) continue;
                measured[name].Add((rate, used.TotalMicroseconds / plan.Rows));
                await Console.Error.WriteLineAsync($"consumer: round {round}/{plan.Rounds} {name,-23} {Report.Number(rate),8} messages/s");
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
                $"{Store}: the same upserts in transactions of {StoreBatch:#,0} on {Partitions} connections, without broker, inbox and consumer: the ceiling",
                "servers, bench and all contestants share this machine's cores",
            ],
            [.. measured.Keys.SelectMany(name => (Series[])[Throughput(name), ProcessorTime(name)])],
            [Throughput(Together).Alone(Bar.Least(30_000)), Throughput(Together).Over(Throughput(Store)), Throughput(OneByOne).Over(Throughput(Together))]);

        MessagingOptions Options(string exchange) => new() { Exchange = exchange, Partitions = Partitions, RabbitMq = { Uri = broker } };
    }

    private static string NameOf(string contestant) => contestant == Together ? "together" : "one-by-one";

    private static async Task PublishAsync(RabbitMqMedium medium, IReadOnlyList<Envelope> messages, CancellationToken cancellation)
    {
        await using var publisher = await medium.OpenPublisherAsync(cancellation);
        var safe = new List<Task>();
        foreach (var part in messages.Chunk(1_000)) safe.Add(await publisher.PublishAsync(part, cancellation));
        await Task.WhenAll(safe);
    }

    private static async Task<double> ConsumeAsync(System.Data.Common.DbDataSource store, MessagingOptions options, string contestant, int messages, CancellationToken cancellation)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.AddStranglerMessaging(builder.Configuration, new RabbitMqMedium(options));
        builder.Services.AddMessageConsumer(NameOf(contestant), store, consumer =>
        {
            if (contestant == Together) consumer.HandleBatch<ExamTranslator.Exam, ExamsHandler>(ExamTranslator.Type);
            else consumer.Handle<ExamTranslator.Exam, ExamHandler>(ExamTranslator.Type);
        });
        using var host = builder.Build();
        var status = host.Services.GetRequiredKeyedService<ConsumerStatus>(NameOf(contestant));
        var watch = Stopwatch.StartNew();
        await host.StartAsync(cancellation);
        while (status.Counts.Received < messages) await Task.Delay(TimeSpan.FromMilliseconds(5), cancellation);
        var elapsed = watch.Elapsed;
        await host.StopAsync(cancellation);
        if (status.Counts.Applied != messages) throw new BenchException($"{contestant}: {status.Counts}, but {messages} messages were to be applied.");
        return messages / elapsed.TotalSeconds;
    }

    private static async Task<double> StoreAloneAsync(System.Data.Common.DbDataSource store, ExamMessages messages, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        await Parallel.ForEachAsync(messages.Bodies.Chunk(StoreBatch), new ParallelOptions { MaxDegreeOfParallelism = Partitions, CancellationToken = cancellation }, async (batch, token) =>
        {
            await using var connection = await store.OpenConnectionAsync(token);
            await using var transaction = await connection.BeginTransactionAsync(token);
            await ExamStore.SaveAsync(connection, transaction, batch, token);
            await transaction.CommitAsync(token);
        });
        return messages.Bodies.Count / watch.Elapsed.TotalSeconds;
    }

    private static async Task ExecuteAsync(System.Data.Common.DbDataSource store, string sql, CancellationToken cancellation)
    {
        await using var command = store.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
