namespace Strangler.Bench.Acl;

/// <summary>What the layer holds in memory while one transaction of very many rows passes.</summary>
internal static class LargeTransactionBench
{
    private const string Contestant = "one transaction";

    public static async Task<BenchResult> RunAsync(BenchPlan plan, CancellationToken cancellation)
    {
        await using var layer = await LayerProcess.StartAsync("bench_large", cancellation);
        await layer.Rows.WriteAsync(plan.Rows, cancellation);
        await layer.ArrivedAsync(plan.Rows, cancellation);
        layer.Resident.Clear();
        await Console.Error.WriteLineAsync($"large: one transaction of {plan.ManyRows:#,0} rows");
        await layer.Rows.InsertAsync(plan.ManyRows, cancellation);
        layer.Begin();
        await layer.ArrivedAsync(layer.Messages + plan.ManyRows, cancellation);
        var rate = plan.ManyRows / layer.Elapsed.TotalSeconds;
        Series most = new(Contestant, "most resident MiB", [layer.Resident.Max(static one => one.Mebibytes)]);
        return new(
            "acl: large transaction",
            [$"{plan.ManyRows:#,0} rows in one transaction, after {plan.Rows:#,0} in small ones; the layer is a process of its own; from the commit until every message is in its queue; once"],
            [most, new(Contestant, "rows/s", [rate])],
            [most.Alone(Bar.Most(400))]);
    }
}
