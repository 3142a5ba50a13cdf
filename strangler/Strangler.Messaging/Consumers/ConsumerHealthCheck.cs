using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Strangler.Messaging;

/// <summary>Fails while a consumer cannot receive or store, or waits in vain for the rest of a transaction; parked keys are told, not failed: the others flow.</summary>
internal sealed class ConsumerHealthCheck(ConsumerStatus status) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var counts = status.Counts;
        IReadOnlyList<string> troubles = [.. status.Troubles, .. status.IncompleteTransactions];
        return Task.FromResult(troubles.Count == 0
            ? HealthCheckResult.Healthy($"{counts.Applied} applied, {counts.Waiting} waiting, {counts.Parked} parked")
            : HealthCheckResult.Unhealthy(string.Join("; ", troubles)));
    }
}
