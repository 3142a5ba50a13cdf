using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Strangler.Facade;

/// <summary>
/// Legacy answers in place of a service that fails: requests that change nothing, of which the user has seen nothing yet. A request with another method, or
/// with a body that has gone to the service, is never sent twice.
/// </summary>
internal sealed partial class Fallback(OwnerForwarder forwarder, FacadeMetrics metrics, ILogger<Fallback> log)
{
    /// <summary>Whether legacy may answer a request that has not been sent to anybody.</summary>
    public static bool Takes(HttpContext context, RoutePlan plan) => plan.Route.Fallback is not null && IsSafe(context.Request.Method);

    /// <summary>Whether legacy may answer a request that the service had already: there is no body that went with it.</summary>
    public static bool TakesOver(HttpContext context, RoutePlan plan) =>
        Takes(context, plan) && context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false };

    /// <summary>Has the service answer, and legacy when that fails.</summary>
    public async Task TryAsync(HttpContext context, RoutePlan plan, OwnerPlan service)
    {
        var outcome = await forwarder.TryAsync(context, plan, service, plan.Route.Fallback!.After);
        if (outcome is Outcome.Answered or Outcome.ClientGone || context.Response.HasStarted) metrics.Count(context, plan, service.Owner, outcome);
        else await AnswerAsync(context, plan, outcome);
    }

    /// <summary>Has legacy answer.</summary>
    public Task AnswerAsync(HttpContext context, RoutePlan plan, Outcome outcome)
    {
        metrics.CountFallback(plan.Route, outcome);
        LogFallback(plan.Route.Id, outcome);
        // What was meant for the service, and what came of it, is not for legacy and not for the user.
        context.Features.Set<SignedIdentity>(null);
        context.Response.Clear();
        return forwarder.SendAsync(context, plan, plan.Legacy);
    }

    private static bool IsSafe(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);

    [LoggerMessage(EventId = 1, Level = LogLevel.Debug, Message = "Route {Route}: legacy answers, because the service's outcome is {Outcome}")]
    private partial void LogFallback(string route, Outcome outcome);
}
