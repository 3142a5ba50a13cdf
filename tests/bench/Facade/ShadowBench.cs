using System.Net;
using System.Net.Sockets;

namespace Strangler.Bench.Facade;

/// <summary>What users of a shadowed route feel: the time of their answers at 30 % of capacity, every request copied, the service well, hanging or dead.</summary>
internal static class ShadowBench
{
    private const double Utilisation = 0.3;
    private const int Routes = 10;
    private const string Without = "without shadow";
    private static readonly string[] EveryRequest = ["--Facade:Shadow:RatePerSecond", "100000", "--Facade:Shadow:BytesPerHour", "1000000000000"];

    public static async Task<BenchResult> RunAsync(BenchPlan plan, CancellationToken cancellation)
    {
        using var contestants = new Contestants();
        // Takes connections and never says a word.
        using var hanging = new TcpListener(IPAddress.Loopback, 0);
        hanging.Start();
        var tables = new Dictionary<string, (string Table, string[] Settings)>
        {
            [Without] = (contestants.Routes(Routes), EveryRequest),
            ["service healthy"] = (Shadowed(contestants.BackendUrl), EveryRequest),
            ["service healthy, default budgets"] = (Shadowed(contestants.BackendUrl), []),
            ["service hanging"] = (Shadowed(Contestants.UrlOf(((IPEndPoint)hanging.LocalEndpoint).Port)), EveryRequest),
            ["service dead"] = (Shadowed(Contestants.UrlOf(Contestants.FreePort())), EveryRequest),
        };
        var rounds = tables.Keys.ToDictionary(name => name, _ => new List<LoadResult>());
        var pauses = new List<double>();
        for (var round = 1; round <= plan.Rounds; round++)
        {
            var pause = await PauseAsync(tables[Without].Table, plan, cancellation);
            pauses.Add(pause.TotalMilliseconds);
            var order = tables.ToArray();
            Random.Shared.Shuffle(order);
            foreach (var (name, (table, settings)) in order)
            {
                var measured = await LoadAsync(table, settings, plan, pause, cancellation);
                rounds[name].Add(measured);
                await Console.Error.WriteLineAsync($"shadow: round {round}/{plan.Rounds} {name,-16} p99 {Report.Number(measured.P99 / 1000.0)} ms at {Report.Number(measured.RequestsPerSecond)} requests/s");
            }
        }

        Series Metric(string name, string metric, Func<LoadResult, double> value) => new(name, metric, [.. rounds[name].Select(value)]);
        Series P99(string name) => Metric(name, "p99 ms", load => load.P99 / 1000.0);
        return new(
            "facade: shadow",
            [
                $"{ThroughputBench.Connections} keep-alive connections, each pausing {Report.Number(Spread.Of(pauses).Median)} ms (median) before its next request: about {Utilisation * 100:0} % of what the facade bears in stage legacy, measured first in each round",
                "every request may be copied (no limit of rate or bytes, but in the row with default budgets); copies, comparison and the service share this machine's cores with users",
            ],
            [.. tables.Keys.SelectMany(name => (Series[])
            [
                Metric(name, "requests/s", load => load.RequestsPerSecond),
                Metric(name, "p50 ms", load => load.P50 / 1000.0),
                P99(name),
            ])],
            [.. tables.Keys.Where(name => name != Without).Select(name => P99(name).Over(P99(Without), Bar.Most(1.15)))]);

        string Shadowed(string service) => contestants.Routes(Routes, """ "stage": "shadow" """, service);
    }

    private static async Task<TimeSpan> PauseAsync(string table, BenchPlan plan, CancellationToken cancellation)
    {
        var capacity = await LoadAsync(table, [], plan, TimeSpan.Zero, cancellation);
        return TimeSpan.FromSeconds(ThroughputBench.Connections / (capacity.RequestsPerSecond * Utilisation));
    }

    private static async Task<LoadResult> LoadAsync(string table, string[] settings, BenchPlan plan, TimeSpan pause, CancellationToken cancellation)
    {
        var port = Contestants.FreePort();
        using var facade = Contestants.StartFacade("facade-shadow", port, table, settings: settings);
        var url = Contestants.PageOf(port);
        await facade.AnswersAsync(url, Contestants.Body, cancellation);
        // At full speed: at a third of it the runtime would still compile what is hot while it is measured.
        await Wrk.RunAsync(url, ThroughputBench.Connections, plan.WarmUp, TimeSpan.Zero, cancellation);
        return await Wrk.RunAsync(url, ThroughputBench.Connections, plan.Load, pause, cancellation);
    }
}
