using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Strangler.AntiCorruption;

/// <summary>GET /health: every health check of the host, one line each. 503 when one fails.</summary>
internal static class HealthEndpoint
{
    public sealed record Report(string Status, IReadOnlyList<Result> Results);

    public sealed record Result(string Checker, string Output, bool Passed);

    public static async Task<JsonHttpResult<Report>> Handle(HealthCheckService checks, CancellationToken cancellation)
    {
        var report = await checks.CheckHealthAsync(cancellation);
        var results = report.Entries.Select(static entry => new Result(
            entry.Key,
            entry.Value.Description ?? entry.Value.Exception?.GetType().Name ?? entry.Value.Status.ToString(),
            entry.Value.Status == HealthStatus.Healthy)).ToList();
        var healthy = results.TrueForAll(static result => result.Passed);
        return AntiCorruptionEndpoints.Answer(
            new Report(healthy ? "success" : "failure", results), healthy ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }
}
