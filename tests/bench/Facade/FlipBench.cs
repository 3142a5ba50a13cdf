using System.Text.Json;

namespace Strangler.Bench.Facade;

/// <summary>What users feel of flips: the owner of every route changes back and forth while the facade is loaded as far as it goes.</summary>
internal static class FlipBench
{
    private const int Routes = 10;
    private const int Flips = 12;
    private const string Name = "facade-flips";

    public static async Task<BenchResult> RunAsync(BenchPlan plan, CancellationToken cancellation)
    {
        using var contestants = new Contestants();
        var (requests, slow, failed) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = 1; round <= plan.Rounds; round++)
        {
            var load = await LoadedAsync(contestants, plan, cancellation);
            requests.Add(load.Requests);
            slow.Add(load.P99 / 1000.0);
            failed.Add(load.Failed);
            await Console.Error.WriteLineAsync($"flips: round {round}/{plan.Rounds} {load.Failed} of {Report.Number(load.Requests)} requests failed");
        }

        var failures = new Series($"{Flips} flips", "failed requests", failed);
        return new(
            "facade: flips",
            [$"{Flips} flips of {Routes - 1} routes between legacy and service, evenly over a load of {ThroughputBench.Connections} connections that never pause; every flip is seen live"],
            [new($"{Flips} flips", "requests", requests), new($"{Flips} flips", "p99 ms", slow), failures],
            [failures.Alone(Bar.Most(0))]);
    }

    private static async Task<LoadResult> LoadedAsync(Contestants contestants, BenchPlan plan, CancellationToken cancellation)
    {
        string[] tables = [contestants.Routes(Routes), contestants.Routes(Routes, "\"stage\": \"service\"")];
        var (port, admin) = (Contestants.FreePort(), Contestants.FreePort());
        using var facade = Contestants.StartFacade(Name, port, tables[0], admin);
        var url = Contestants.PageOf(port);
        await facade.AnswersAsync(url, Contestants.Body, cancellation);
        await Wrk.RunAsync(url, ThroughputBench.Connections, plan.WarmUp, TimeSpan.Zero, cancellation);

        using var client = new HttpClient { BaseAddress = new(Contestants.UrlOf(admin)) };
        var before = await RevisionAsync();
        var load = Wrk.RunAsync(url, ThroughputBench.Connections, plan.Load, TimeSpan.Zero, cancellation, failuresCount: true);
        using var turn = new PeriodicTimer(plan.Load / (Flips + 1));
        var file = Contestants.RoutesFileOf(Name);
        for (var flip = 1; flip <= Flips; flip++)
        {
            await turn.WaitForNextTickAsync(cancellation);
            await File.WriteAllTextAsync(file + ".next", tables[flip % 2], cancellation);
            File.Move(file + ".next", file, overwrite: true);
            while (await RevisionAsync() < before + flip)
            {
                if (load.IsCompleted) throw new BenchException($"Flip {flip} of {Flips} was not live before the load was over.");
            }
        }

        return await load;

        async Task<long> RevisionAsync()
        {
            using var status = JsonDocument.Parse(await client.GetStringAsync("/status", cancellation));
            return status.RootElement.GetProperty("revision").GetInt64();
        }
    }
}
