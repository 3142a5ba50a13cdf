namespace Strangler.Bench.Acl;

/// <summary>What the layer holds in memory while it is given as many rows as it can take, for minutes.</summary>
internal static class SoakBench
{
    private const string Contestant = "full rate";
    private const int Portion = 5_000;
    private const int Ahead = 50_000;

    public static async Task<BenchResult> RunAsync(BenchPlan plan, CancellationToken cancellation)
    {
        await using var layer = await LayerProcess.StartAsync("bench_soak", cancellation);
        await Console.Error.WriteLineAsync($"soak: {plan.Soak.TotalMinutes:0.#} minutes");
        layer.Begin();
        var written = 0L;
        while (layer.Elapsed < plan.Soak)
        {
            await layer.Rows.CommitAsync(Portion, cancellation);
            written += Portion;
            await layer.ArrivedAsync(written - Ahead, cancellation);
        }

        var rate = layer.Messages / layer.Elapsed.TotalSeconds;
        await layer.ArrivedAsync(written, cancellation);
        double Median(double from, double to) =>
            Spread.Of([.. layer.Resident.Where(one => one.Seconds >= plan.Soak.TotalSeconds * from && one.Seconds < plan.Soak.TotalSeconds * to).Select(static one => one.Mebibytes)]).Median;
        var (early, late) = (new Series("second fifth", "resident MiB", [Median(0.2, 0.4)]), new Series("last fifth", "resident MiB", [Median(0.8, 1)]));
        return new(
            "acl: memory over time",
            [$"{plan.Soak.TotalMinutes:0.#} minutes, the next {Portion:#,0} rows are written whenever fewer than {Ahead:#,0} are on their way; the layer is a process of its own; medians of two fifths of the time"],
            [early, late, new(Contestant, "rows/s", [rate])],
            [late.Over(early, Bar.Most(1.1))]);
    }
}
