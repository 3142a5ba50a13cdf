using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Strangler.AntiCorruption;

/// <summary>Fails while the backfill of a table has failed: rows are missing downstream until a person looks.</summary>
internal sealed class BackfillHealthCheck(Backfills backfills) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var failed = backfills.All.Where(static table => table.State == Backfill.Failed).ToList();
        return Task.FromResult(failed.Count == 0
            ? HealthCheckResult.Healthy(string.Join(", ", backfills.All.GroupBy(static table => table.State).Select(static state => $"{state.Count()} {state.Key}")))
            : HealthCheckResult.Unhealthy(string.Join("; ", failed.Select(static table => table.Problem))));
    }
}
