using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Strangler.AntiCorruption;

/// <summary>Fails when the store does not answer.</summary>
internal sealed class StoreHealthCheck(AclStore store, QuarantineStore quarantine) : IHealthCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var waiting = await CountAsync(cancellationToken).WaitAsync(Patience, cancellationToken);
            return HealthCheckResult.Healthy($"{waiting.Open} changes in quarantine");
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            return HealthCheckResult.Unhealthy($"the store does not answer: {failure.Message}");
        }
    }

    private async Task<QuarantineReport> CountAsync(CancellationToken cancellation)
    {
        await store.CreateAsync(cancellation);
        return await quarantine.CountAsync(cancellation);
    }
}
