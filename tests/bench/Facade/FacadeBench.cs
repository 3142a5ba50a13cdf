using System.Net;
using System.Net.Sockets;

namespace Strangler.Bench.Facade;

/// <summary>
/// Reverse proxies in front of one backend. In every round each contestant is started anew, warmed up, loaded and ended, in random
/// order, so neither the order nor the luck of one process start decides.
/// </summary>
internal static class FacadeBench
{
    private const int Connections = 64;
    private const int Routes = 10;
    private const string Direct = "direct";
    private const string Nginx = "nginx";
    private const string Yarp = "bare-yarp";
    private const string Ours = "facade";

    private static readonly string Body = new('x', 1024);

    public static async Task<BenchResult> RunAsync(BenchPlan plan, CancellationToken cancellation)
    {
        var backendPort = FreePort();
        var backendUrl = $"http://127.0.0.1:{backendPort}";
        using var backend = StartNginx("backend", NginxConfiguration.Backend(backendPort, Body));
        var contestants = new Dictionary<string, Func<int, ContestantProcess>>
        {
            [Direct] = port => StartNginx(Direct, NginxConfiguration.Backend(port, Body)),
            [Nginx] = port => StartNginx(Nginx, NginxConfiguration.Proxy(port, backendPort)),
            [Yarp] = port => ContestantProcess.Start(Yarp, "dotnet", typeof(BareYarp).Assembly.Location, BareYarp.Mode, UrlOf(port), backendUrl),
            [Ours] = port => StartFacade(port, backendUrl),
        };
        string[] names = [.. contestants.Keys];
        var rounds = names.ToDictionary(name => name, _ => new List<Measured>());
        for (var round = 1; round <= plan.Rounds; round++)
        {
            var order = names.ToArray();
            Random.Shared.Shuffle(order);
            foreach (var name in order)
            {
                var measured = await MeasureAsync(contestants[name], plan, cancellation);
                rounds[name].Add(measured);
                await Console.Error.WriteLineAsync($"facade: round {round}/{plan.Rounds} {name,-10} {Report.Number(measured.Load.RequestsPerSecond),8} requests/s");
            }
        }

        Series Metric(string name, string metric, Func<Measured, double> value) => new(name, metric, [.. rounds[name].Select(value)]);
        Series Throughput(string name) => Metric(name, "requests/s", measured => measured.Load.RequestsPerSecond);
        Series P99(string name) => Metric(name, "p99 ms", measured => measured.Load.P99 / 1000.0);
        return new(
            "facade",
            [
                $"{Connections} keep-alive connections from wrk, GET, {Body.Length}-byte response; everything on this machine, so all share its cores",
                "backend: nginx with a fixed answer, the same process for all; direct: such an nginx without a proxy",
                "nginx: a worker a core, kept-alive upstream; bare-yarp: web template settings, one route, logging warnings only",
                $"facade: the Clinic.Facade process as it is started for real, {Routes} routes in stage legacy",
                $"{plan.Rounds} rounds in random order, each process started anew; {plan.Load.TotalSeconds} s of load after {plan.WarmUp.TotalSeconds} s of warm-up",
            ],
            [.. names.SelectMany(name => (Series[])
            [
                Throughput(name),
                Metric(name, "p50 ms", measured => measured.Load.P50 / 1000.0),
                P99(name),
                Metric(name, "cpu us/request", measured => measured.ProcessorTime.TotalMicroseconds / measured.Load.Requests),
            ])],
            [
                Throughput(Ours).Over(Throughput(Yarp), bar: 0.9),
                Throughput(Ours).Over(Throughput(Nginx)),
                Throughput(Yarp).Over(Throughput(Nginx)),
                P99(Ours).Over(P99(Yarp)),
            ]);
    }

    private static async Task<Measured> MeasureAsync(Func<int, ContestantProcess> start, BenchPlan plan, CancellationToken cancellation)
    {
        var port = FreePort();
        using var contestant = start(port);
        var url = new Uri($"{UrlOf(port)}/area-5/page?number=1");
        await contestant.AnswersAsync(url, Body, cancellation);
        await Wrk.RunAsync(url, Connections, plan.WarmUp, cancellation);
        var before = contestant.ProcessorTime();
        var result = await Wrk.RunAsync(url, Connections, plan.Load, cancellation);
        return new(result, contestant.ProcessorTime() - before);
    }

    private static ContestantProcess StartNginx(string name, string configuration)
    {
        var folder = Directory.CreateDirectory(Path.Combine(BenchPlan.Folder, name)).FullName;
        var file = Path.Combine(folder, "nginx.conf");
        File.WriteAllText(file, configuration);
        return ContestantProcess.Start(name, "nginx", "-p", folder, "-c", file, "-e", "stderr");
    }

    private static ContestantProcess StartFacade(int port, string backendUrl)
    {
        var folder = Directory.CreateDirectory(Path.Combine(BenchPlan.Folder, Ours)).FullName;
        var routes = Path.Combine(folder, "routes.json");
        File.WriteAllText(routes, RoutesFile(backendUrl));
        return ContestantProcess.Start(
            Ours,
            "dotnet",
            BuiltHost("Clinic.Facade"),
            "--urls", UrlOf(port),
            "--Facade:Admin", UrlOf(FreePort()),
            "--Facade:Routes", routes,
            "--Facade:State", Path.Combine(folder, "state"));
    }

    private static string RoutesFile(string backendUrl)
    {
        var areas = Enumerable.Range(1, Routes - 1).Select(number =>
            $$"""    { "id": "area-{{number}}", "match": { "path": "/area-{{number}}/{**rest}" }, "service": "new", "stage": "legacy" },""");
        return $$"""
            {
              "legacy": { "address": "{{backendUrl}}" },
              "services": { "new": { "destinations": ["{{backendUrl}}"] } },
              "routes": [
            {{string.Join('\n', areas)}}
                { "id": "everything-else", "match": { "path": "/{**rest}" }, "stage": "legacy" }
              ]
            }
            """;
    }

    /// <summary>A host of this checkout, built beside the bench with the same configuration: artifacts/bin/PROJECT/release.</summary>
    private static string BuiltHost(string project) =>
        Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", project, Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/')), $"{project}.dll"));

    private static string UrlOf(int port) => $"http://127.0.0.1:{port}";

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private sealed record Measured(LoadResult Load, TimeSpan ProcessorTime);
}
