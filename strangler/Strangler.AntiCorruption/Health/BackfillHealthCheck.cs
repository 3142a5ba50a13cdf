using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Strangler.AntiCorruption;

/// <summary>Fails while the backfill of a table has failed, or rows that are asked for by name cannot be read: rows are missing downstream until a person looks.</summary>
internal sealed class BackfillHealthCheck(Backfills backfills, AwaitedRows awaited) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var problems = backfills.All.Where(static table => table.State == Backfill.Failed).Select(static table => table.Problem).Append(awaited.Problem).OfType<string>().ToList();
        return Task.FromResult(problems.Count == 0
            ? HealthCheckResult.Healthy(string.Join(", ", backfills.All.GroupBy(static table => table.State).Select(static state => $"{state.Count()} {state.Key}")))
            : HealthCheckResult.Unhealthy(string.Join("; ", problems)));
    }
}
