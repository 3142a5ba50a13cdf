using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Clinic.PeriodicalDates.Health;

/// <summary>GET /health: every checker runs, also after a failure; 503 when one fails.</summary>
internal sealed record HealthAnswer(string Status, IReadOnlyList<HealthAnswer.Result> Results)
{
    public sealed record Result(string Checker, string Output, bool Passed);

    /// <summary>How long one checker may take before it counts as failed.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    public static readonly HealthCheckOptions Options = new()
    {
        ResponseWriter = (context, report) => context.Response.WriteAsJsonAsync(From(report), context.RequestAborted),
    };

    private static HealthAnswer From(HealthReport report) => new(
        report.Status == HealthStatus.Healthy ? "success" : "failure",
        [.. report.Entries.Select(entry => new Result(entry.Key, Output(entry.Value), entry.Value.Status == HealthStatus.Healthy))]);

    // The kind of the failure, not its text: a driver's text may name users, hosts or settings.
    private static string Output(HealthReportEntry entry) => entry.Exception?.GetType().Name ?? entry.Description ?? "ok";
}
