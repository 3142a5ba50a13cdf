using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Strangler.AntiCorruption;

/// <summary>Fails while changes are not being read or not translated: the pump is retrying, the source has been silent for too long, or a translator does not come to an end.</summary>
internal sealed class CaptureHealthCheck(PumpStatus status, ShapeGate gate, IChangeFeed feed, IOptions<AntiCorruptionOptions> options, TimeProvider clock) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(Check());

    private HealthCheckResult Check()
    {
        var state = status.Current;
        var now = clock.GetUtcNow();
        if (state.Problem is { } problem) return HealthCheckResult.Unhealthy(problem);
        if (state.Phase is PumpPhase.Stopped) return HealthCheckResult.Unhealthy("stopped");
        if (state.Phase is PumpPhase.Preparing && now - state.Since > options.Value.StuckAfter)
        {
            return HealthCheckResult.Unhealthy($"preparing for {Seconds(now - state.Since)}; does a long transaction of the source hold it up, or is a consumer missing?");
        }

        if (state.Phase is PumpPhase.Streaming or PumpPhase.Backfilling && now - (feed.LastContact ?? state.Since) is var silence && silence > options.Value.StuckAfter)
        {
            return HealthCheckResult.Unhealthy($"the source has been silent for {Seconds(silence)}");
        }

        if (status.TranslatingSince is { } since && now - since is var busy && busy > options.Value.StuckAfter)
        {
            return HealthCheckResult.Unhealthy($"translators have been at the same changes for {Seconds(busy)}; what comes behind waits");
        }

        return gate.States.FirstOrDefault(static table => table.Held is not null) is { } held
            ? HealthCheckResult.Unhealthy(held.Held)
            : HealthCheckResult.Healthy(state.Phase.ToString().ToLowerInvariant());
    }

    private static string Seconds(TimeSpan time) => $"{(long)time.TotalSeconds} s";
}
