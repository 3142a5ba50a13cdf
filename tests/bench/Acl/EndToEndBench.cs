using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Npgsql;
using Strangler.Messaging;

namespace Strangler.Bench.Acl;

/// <summary>
/// From the commit of a row in the legacy database to its effect in the service's store, layer and consumer running: what both sustain, and how late a row is
/// when the legacy commits half as many.
/// </summary>
internal static class EndToEndBench
{
    private const string Name = "bench_e2e";
    private const string Sustained = "sustained";
    private const string Half = "at half of it";
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    public static async Task<BenchResult> RunAsync(BenchPlan plan, CancellationToken cancellation)
    {
        await using var database = NpgsqlDataSource.Create(await Servers.CreateDatabaseAsync($"{Name}_legacy", cancellation));
        var rows = new SourceRows(database);
        await rows.CreateAsync(cancellation);
        var store = await Servers.CreateDatabaseAsync($"{Name}_store", cancellation);
        await using var service = StoreDataSource.Create(await Servers.CreateDatabaseAsync($"{Name}_service", cancellation));
        await ExamStore.CreateAsync(service, cancellation);
        await Layer.DeclareAsync(Name, LayerHost.Medium(Name, Servers.RabbitMq), cancellation);
        using var layer = LayerHost.Create(Name, database.ConnectionString, store, LayerHost.Medium(Name, Servers.RabbitMq));
        using var consumer = Service.Create(Name, service, LayerHost.Medium(Name, Servers.RabbitMq), manyAtOnce: true);
        var status = Service.StatusOf(consumer, Name);
        await layer.StartAsync(cancellation);
        await consumer.StartAsync(cancellation);
        await Layer.StreamsAsync(Name, rows, store, cancellation);

        var (rates, medians, tails) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round <= plan.Rounds; round++)
        {
            var rate = await SustainedAsync(rows, status, plan.Rows, cancellation);
            if (round == 0) continue;
            rates.Add(rate);
            var late = await LatenessAsync(rows, status, (int)(rate / 2), plan.Load, cancellation);
            medians.Add(late[late.Length / 2] * 1000);
            tails.Add(late[(int)(late.Length * 0.99)] * 1000);
            await Console.Error.WriteLineAsync($"end-to-end: round {round}/{plan.Rounds} {Report.Number(rate)} rows/s, at half of it p50 {Report.Number(medians[^1])} ms, p99 {Report.Number(tails[^1])} ms");
        }

        await consumer.StopAsync(cancellation);
        await layer.StopAsync(cancellation);
        if (status.Counts.Applied != status.Counts.Received - status.Counts.Duplicate - status.Counts.Stale) throw new BenchException($"end-to-end: {status.Counts}");
        Series sustained = new(Sustained, "rows/s", rates);
        Series tail = new(Half, "p99 ms", tails);
        return new(
            "acl: commit to applied",
            [
                $"sustained: {plan.Rows:#,0} rows in transactions of 1 to 100, from before the first is written until the last is applied in the service's store",
                $"at half of it: one transaction every {Tick.TotalMilliseconds} ms for {plan.Load.TotalSeconds} s; from the commit in the legacy database to after the commit in the service's store",
                "legacy database, layer, broker, consumer and both stores share this machine's cores",
            ],
            [sustained, new(Half, "p50 ms", medians), tail],
            [sustained.Alone(Bar.Least(10_000)), tail.Alone(Bar.Most(250))]);
    }

    private static async Task<double> SustainedAsync(SourceRows rows, ConsumerStatus status, int count, CancellationToken cancellation)
    {
        var (before, begun) = (status.Counts.Received, Stopwatch.GetTimestamp());
        await rows.CommitAsync(count, cancellation);
        await ReceivedAsync(status, before + count, cancellation);
        return count / Stopwatch.GetElapsedTime(begun).TotalSeconds;
    }

    /// <returns>How late each row was, in seconds, in order.</returns>
    private static async Task<double[]> LatenessAsync(SourceRows rows, ConsumerStatus status, int rate, TimeSpan load, CancellationToken cancellation)
    {
        var late = new ConcurrentBag<double>();
        using var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument is { Meter.Name: MessagingMetrics.Name, Name: "strangler.messaging.delay" }) listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((_, value, _, _) => late.Add(value));
        listener.Start();
        var (before, written, begun) = (status.Counts.Received, 0, Stopwatch.GetTimestamp());
        using var timer = new PeriodicTimer(Tick);
        while (Stopwatch.GetElapsedTime(begun) < load && await timer.WaitForNextTickAsync(cancellation))
        {
            var due = (int)(rate * Math.Min(Stopwatch.GetElapsedTime(begun).TotalSeconds, load.TotalSeconds)) - written;
            if (due <= 0) continue;
            await rows.InsertAsync(due, cancellation);
            written += due;
        }

        await ReceivedAsync(status, before + written, cancellation);
        if (written < rate * load.TotalSeconds * 0.9) throw new BenchException($"end-to-end: {written} rows were written, {rate * load.TotalSeconds} were meant.");
        return [.. late.Order()];
    }

    private static async Task ReceivedAsync(ConsumerStatus status, long messages, CancellationToken cancellation)
    {
        while (status.Counts.Received < messages) await Task.Delay(TimeSpan.FromMilliseconds(2), cancellation);
    }
}
