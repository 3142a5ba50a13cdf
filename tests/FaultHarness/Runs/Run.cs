using Strangler.Faults.Schedule;

namespace Strangler.Faults.Runs;

/// <summary>All scenarios of a plan, one after the other.</summary>
internal sealed class Run(TestBed bed, RunPlan plan, TextWriter output)
{
    private const int ViolationsShown = 5;

    public RunProgress Progress { get; } = new(plan);

    public async Task<IReadOnlyList<SeedResult>> RunAsync(CancellationToken cancellation)
    {
        var results = new List<SeedResult>();
        for (var seed = plan.FirstSeed; seed < plan.FirstSeed + plan.Seeds && !cancellation.IsCancellationRequested; seed++)
        {
            if (Progress.Elapsed > plan.Limit) break;
            var result = await RunAsync(Scenario.Draw(seed, plan.Plant, plan.MostFaults, plan.Only, plan.HasCluster, plan.HasSmallDisks), cancellation);
            results.Add(result);
            Progress.Done(result);
            await output.WriteLineAsync(Progress.Line(result));
            if (result.Violations.Count == 0) continue;
            Show(result);
            // Planted faults are expected to be found.
            if (plan.Plant is null) bed.Keep();
        }

        return results;
    }

    private async Task<SeedResult> RunAsync(Scenario scenario, CancellationToken cancellation)
    {
        try
        {
            return await new SeedRun(bed, scenario, Progress).RunAsync(cancellation);
        }
        catch
        {
            bed.Keep();
            await output.WriteLineAsync($"The harness itself failed at seed {scenario.Seed}; what there is: {bed.Folder}");
            throw;
        }
    }

    private void Show(SeedResult result)
    {
        foreach (var violation in result.Violations.Take(ViolationsShown)) output.WriteLine($"  {Evidence.Line(violation)}");
        output.WriteLine($"  {result.Violations.Count} violations in all; history, logs and databases: {Path.Combine(bed.Folder, result.Name)}");
    }
}
