using System.Diagnostics;
using Npgsql;

namespace Strangler.Bench.Acl;

/// <summary>What the legacy notices of being captured: how long its own small transactions take with a layer that follows them, and without.</summary>
internal static class LegacyBench
{
    private const string On = "capture on";
    private const string Off = "capture off";
    private const int Writers = 4;

    // Far from what the machine can take: what is measured is the write, not a queue of writes.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    public static async Task<BenchResult> RunAsync(BenchPlan plan, CancellationToken cancellation)
    {
        await using var layer = await LayerProcess.StartAsync("bench_capture", cancellation);
        await using var captured = NpgsqlDataSource.Create(layer.Rows.ConnectionString);
        await using var free = NpgsqlDataSource.Create(await Servers.CreateDatabaseAsync("bench_free", cancellation));
        await new SourceRows(free).CreateAsync(cancellation);
        var measured = new Dictionary<string, List<double[]>> { [On] = [], [Off] = [] };
        for (var round = 0; round <= plan.Rounds; round++)
        {
            string[] order = [On, Off];
            Random.Shared.Shuffle(order);
            foreach (var name in order)
            {
                var times = await WriteAsync(name == On ? captured : free, plan.Load, cancellation);
                if (name == On) await layer.ArrivedAsync(layer.Messages + times.Length, cancellation);
                if (round > 0) measured[name].Add(times);
            }

            if (round > 0) await Console.Error.WriteLineAsync($"legacy: round {round}/{plan.Rounds} p50 {Report.Number(At(measured[On][^1], 0.5))} ms on, {Report.Number(At(measured[Off][^1], 0.5))} ms off");
        }

        Series Quantile(string name, string metric, double part) => new(name, metric, [.. measured[name].Select(times => At(times, part))]);
        return new(
            "acl: writes of the legacy",
            [
                $"{Writers} connections, each inserts a row in a transaction of its own every {Pause.TotalMilliseconds} ms, for {plan.Load.TotalSeconds} s",
                "capture on: a layer in a process of its own follows and publishes them; capture off: the same table in a database that no slot reads",
            ],
            [.. measured.Keys.SelectMany(name => (Series[])[Quantile(name, "p50 ms", 0.5), Quantile(name, "p99 ms", 0.99)])],
            [Quantile(On, "p50 ms", 0.5).Over(Quantile(Off, "p50 ms", 0.5)), Quantile(On, "p99 ms", 0.99).Over(Quantile(Off, "p99 ms", 0.99))]);
    }

    /// <returns>How long each transaction took, in milliseconds, in order.</returns>
    private static async Task<double[]> WriteAsync(NpgsqlDataSource database, TimeSpan load, CancellationToken cancellation)
    {
        var begun = Stopwatch.GetTimestamp();
        var all = await Task.WhenAll(Enumerable.Range(0, Writers).Select(async _ =>
        {
            var times = new List<double>();
            await using var connection = await database.OpenConnectionAsync(cancellation);
            await using var insert = new NpgsqlCommand("insert into exame select nextval('exame_id'), 1, '20/11/2026', 'A', repeat('observacao ', 37)", connection);
            using var timer = new PeriodicTimer(Pause);
            while (Stopwatch.GetElapsedTime(begun) < load && await timer.WaitForNextTickAsync(cancellation))
            {
                var start = Stopwatch.GetTimestamp();
                await insert.ExecuteNonQueryAsync(cancellation);
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            return times;
        }));
        return [.. all.SelectMany(static times => times).Order()];
    }

    private static double At(double[] sorted, double part) => sorted[(int)(sorted.Length * part)];
}
