using System.Diagnostics;
using System.Text.Json;

namespace Strangler.Bench.Facade;

/// <summary>What a large table costs: how soon a file with 10,000 routes is live after its rename, and how much memory it takes.</summary>
internal static class TableBench
{
    private const int Few = 10;
    private const int Many = 10_000;
    private const string Name = "facade-table";

    public static async Task<BenchResult> RunAsync(BenchPlan plan, CancellationToken cancellation)
    {
        using var contestants = new Contestants();
        var live = new List<double>();
        var memory = new Dictionary<int, List<double>> { [Few] = [], [Many] = [] };
        for (var round = 1; round <= plan.Rounds; round++)
        {
            live.Add(await GoesLiveAsync(contestants, cancellation));
            foreach (var (routes, values) in memory) values.Add(await ResidentAsync(contestants.Routes(routes), plan, cancellation));
            await Console.Error.WriteLineAsync($"table: round {round}/{plan.Rounds} live after {Report.Number(live[^1])} ms");
        }

        Series Memory(int routes) => new($"{routes} routes", "resident MiB", memory[routes]);
        var time = new Series($"{Many} routes", "live ms", live);
        return new(
            "facade: table",
            [
                $"live: from the rename of a file with {Many} routes over one with {Few} until the admin listener reports its revision",
                "resident: the process after its first load, each started anew",
            ],
            [time, Memory(Few), Memory(Many)],
            [time.Alone(Bar.Most(1000)), Memory(Many).Beyond(Memory(Few), Bar.Most(150))]);
    }

    private static async Task<double> GoesLiveAsync(Contestants contestants, CancellationToken cancellation)
    {
        var (port, admin) = (Contestants.FreePort(), Contestants.FreePort());
        using var facade = Contestants.StartFacade(Name, port, contestants.Routes(Few), admin);
        await facade.AnswersAsync(Contestants.PageOf(port), Contestants.Body, cancellation);
        using var client = new HttpClient { BaseAddress = new(Contestants.UrlOf(admin)) };
        var before = await RevisionAsync();
        var file = Contestants.RoutesFileOf(Name);
        await File.WriteAllTextAsync(file + ".next", contestants.Routes(Many), cancellation);

        var watch = Stopwatch.StartNew();
        File.Move(file + ".next", file, overwrite: true);
        while (await RevisionAsync() == before)
        {
            if (watch.Elapsed > TimeSpan.FromSeconds(30)) throw new BenchException($"A file with {Many} routes was not live after 30 s.");
        }

        return watch.Elapsed.TotalMilliseconds;

        // /history is short, however long the table is.
        async Task<int> RevisionAsync()
        {
            using var history = JsonDocument.Parse(await client.GetStringAsync("/history?route=area-1", cancellation));
            using var everything = JsonDocument.Parse(await client.GetStringAsync("/history?route=area-9000", cancellation));
            return history.RootElement.GetArrayLength() + everything.RootElement.GetArrayLength();
        }
    }

    private static async Task<double> ResidentAsync(string table, BenchPlan plan, CancellationToken cancellation)
    {
        var port = Contestants.FreePort();
        using var facade = Contestants.StartFacade(Name, port, table);
        await facade.AnswersAsync(Contestants.PageOf(port), Contestants.Body, cancellation);
        await Wrk.RunAsync(Contestants.PageOf(port), ThroughputBench.Connections, plan.WarmUp, TimeSpan.Zero, cancellation);
        return facade.ResidentMebibytes();
    }
}
