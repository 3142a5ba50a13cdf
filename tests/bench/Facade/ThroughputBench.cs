namespace Strangler.Bench.Facade;

/// <summary>
/// How many requests a second. In every round each contestant is started anew, warmed up, loaded and ended, in random order, so neither the
/// order nor the luck of one process start decides.
/// </summary>
internal static class ThroughputBench
{
    public const int Connections = 64;

    private const int Routes = 10;
    private const int ManyRoutes = 10_000;
    private const string OursWithManyRoutes = "facade 10k routes";
    private const string OursInCanary = "facade canary";

    public static async Task<BenchResult> RunAsync(BenchPlan plan, CancellationToken cancellation)
    {
        using var contestants = new Contestants();
        var starts = new List<(string Name, Func<int, ContestantProcess> Start)>();
        foreach (var name in (string[])[Contestants.Direct, Contestants.Nginx, Contestants.HaProxy, Contestants.Yarp, Contestants.TunedYarp])
        {
            starts.Add((name, port => contestants.Start(name, port)));
        }

        starts.Add((Contestants.Ours, port => Contestants.StartFacade(Contestants.Ours, port, contestants.Routes(Routes))));
        starts.Add((OursWithManyRoutes, port => Contestants.StartFacade("facade-many", port, contestants.Routes(ManyRoutes))));
        starts.Add((OursInCanary, port => Contestants.StartFacade("facade-canary", port, contestants.Routes(Routes, """ "stage": "canary", "canary": { "share": 50 } """))));

        var rounds = starts.ToDictionary(start => start.Name, _ => new List<Measured>());
        for (var round = 1; round <= plan.Rounds; round++)
        {
            var order = starts.ToArray();
            Random.Shared.Shuffle(order);
            foreach (var (name, start) in order)
            {
                var measured = await MeasureAsync(start, plan, cancellation);
                rounds[name].Add(measured);
                await Console.Error.WriteLineAsync($"facade: round {round}/{plan.Rounds} {name,-18} {Report.Number(measured.Load.RequestsPerSecond),8} requests/s");
            }
        }

        Series Metric(string name, string metric, Func<Measured, double> value) => new(name, metric, [.. rounds[name].Select(value)]);
        Series Throughput(string name) => Metric(name, "requests/s", measured => measured.Load.RequestsPerSecond);
        Series P99(string name) => Metric(name, "p99 ms", measured => measured.Load.P99 / 1000.0);
        return new(
            "facade: throughput",
            [
                $"{Connections} keep-alive connections from wrk, 1,000 session cookies in turn, GET, {Contestants.Body.Length}-byte response; everything on this machine, so all share its cores",
                "backend: nginx with a fixed answer, the same process for all; direct: such an nginx without a proxy",
                "nginx: a worker a core, kept-alive upstream; haproxy: a thread a core; bare-yarp: web template settings, one route, logging warnings only",
                "tuned-yarp: the same with our host's runtime settings",
                $"facade: the Clinic.Facade process as it is started for real, {Routes} routes in stage legacy; also with {ManyRoutes} routes; also with its routes in stage canary, 50 %",
                $"{plan.Rounds} rounds in random order, each process started anew; {plan.Load.TotalSeconds} s of load after {plan.WarmUp.TotalSeconds} s of warm-up",
            ],
            [.. starts.SelectMany(start => (Series[])
            [
                Throughput(start.Name),
                Metric(start.Name, "p50 ms", measured => measured.Load.P50 / 1000.0),
                P99(start.Name),
                Metric(start.Name, "cpu us/request", measured => measured.ProcessorTime.TotalMicroseconds / measured.Load.Requests),
            ])],
            [
                Throughput(Contestants.Ours).Over(Throughput(Contestants.Yarp), Bar.Least(1.15)),
                P99(Contestants.Ours).Over(P99(Contestants.Yarp), Bar.Most(1)),
                Throughput(Contestants.Ours).Over(Throughput(Contestants.TunedYarp), Bar.Least(0.97)),
                Throughput(Contestants.Ours).Over(Throughput(Contestants.Nginx)),
                Throughput(Contestants.Ours).Over(Throughput(Contestants.HaProxy)),
                Throughput(Contestants.Yarp).Over(Throughput(Contestants.Nginx)),
                Throughput(OursWithManyRoutes).Over(Throughput(Contestants.Ours), Bar.Least(0.95)),
                Throughput(OursInCanary).Over(Throughput(Contestants.Ours), Bar.Least(0.95)),
            ]);
    }

    private static async Task<Measured> MeasureAsync(Func<int, ContestantProcess> start, BenchPlan plan, CancellationToken cancellation)
    {
        var port = Contestants.FreePort();
        using var contestant = start(port);
        var url = Contestants.PageOf(port);
        await contestant.AnswersAsync(url, Contestants.Body, cancellation);
        await Wrk.RunAsync(url, Connections, plan.WarmUp, TimeSpan.Zero, cancellation);
        var before = contestant.ProcessorTime();
        var result = await Wrk.RunAsync(url, Connections, plan.Load, TimeSpan.Zero, cancellation);
        return new(result, contestant.ProcessorTime() - before);
    }

    private sealed record Measured(LoadResult Load, TimeSpan ProcessorTime);
}
