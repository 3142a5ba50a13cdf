using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Strangler.Messaging;

/// <summary>
/// GET /health of hosts that send or receive messages: <c>{"status":"success"|"failure","results":[{"checker","output","passed"}]}</c>. Every
/// checker runs, also after a failure; 503 when one fails. Without personal data and without settings.
/// </summary>
public static class HealthEndpoint
{
    /// <summary>How long one checker may take before it counts as failed.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Maps <c>GET /health</c>, open to everybody.</summary>
    /// <param name="endpoints">The host.</param>
    public static IEndpointConventionBuilder MapHealth(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapHealthChecks("/health", new HealthCheckOptions { ResponseWriter = WriteAsync }).AllowAnonymous();

    private static Task WriteAsync(HttpContext context, HealthReport report) => context.Response.WriteAsJsonAsync(
        new Answer(
            report.Status == HealthStatus.Healthy ? "success" : "failure",
            [.. report.Entries.Select(entry => new Result(entry.Key, Output(entry.Value), entry.Value.Status == HealthStatus.Healthy))]),
        Json,
        context.RequestAborted);

    // The kind of a failure, not its text: a driver's text may name users, hosts or settings.
    private static string Output(HealthReportEntry entry) => entry.Exception?.GetType().Name ?? entry.Description ?? "ok";

    private sealed record Answer(string Status, IReadOnlyList<Result> Results);

    private sealed record Result(string Checker, string Output, bool Passed);
}
