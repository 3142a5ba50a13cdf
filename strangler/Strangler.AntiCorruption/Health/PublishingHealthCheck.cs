using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Strangler.AntiCorruption;

/// <summary>Fails while the oldest unconfirmed message is too old, or the medium says that it takes no more.</summary>
internal sealed class PublishingHealthCheck(PumpStatus status, IOptions<AntiCorruptionOptions> options, TimeProvider clock) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(Check());

    private HealthCheckResult Check()
    {
        var state = status.Current;
        if (status.BlockedReason is { } reason) return HealthCheckResult.Unhealthy($"the medium takes no messages: {reason}");
        if (state.UnconfirmedSince is { } since && clock.GetUtcNow() - since is var age && age > options.Value.StuckAfter)
        {
            return HealthCheckResult.Unhealthy($"{state.UnconfirmedMessages} messages are unconfirmed, the oldest for {(long)age.TotalSeconds} s");
        }

        return HealthCheckResult.Healthy($"{state.UnconfirmedMessages} messages unconfirmed");
    }
}
