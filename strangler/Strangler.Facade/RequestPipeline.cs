using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Strangler.Facade;

/// <summary>Every public request: finds the route that owns it and lets the route's stage answer. Nothing comes after it.</summary>
internal sealed class RequestPipeline(LiveOwnership ownership, FacadeMetrics metrics, RequestObserver observer)
{
    public Task HandleAsync(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var live = ownership.Current;
        var path = live.Table.PathOf(target);
        var plan = live.PlanOf(live.Table.FindByPath(path, new RequestFacts(MethodOf(context), context.Request.Headers.Host.ToString(), target, context.Request.Headers)));
        return metrics.Looks(plan.Route) ? ObservedAsync(context, plan, target) : AnswerAsync(context, plan, target, path);
    }

    private async Task ObservedAsync(HttpContext context, RoutePlan plan, string target)
    {
        var record = observer.Begin(context, plan);
        try
        {
            await AnswerAsync(context, plan, target, RequestPath.Of(target));
        }
        finally
        {
            observer.End(context, plan, record);
        }
    }

    private Task AnswerAsync(HttpContext context, RoutePlan plan, string target, ReadOnlySpan<char> path)
    {
        if (Framing.IsAmbiguous(context.Request, target)) return RefuseAsync(context, plan, FacadePage.AmbiguousAsync);
        if (target.Length > HeadLimits.Target) return RefuseAsync(context, plan, FacadePage.TargetTooLongAsync);
        if (context.Request.Headers.Count > HeadLimits.Headers) return RefuseAsync(context, plan, FacadePage.TooManyHeadersAsync);
        // OPTIONS * and CONNECT name no resource, so nobody owns them.
        if (!path.StartsWith("/")) return RefuseAsync(context, plan, FacadePage.BadRequestAsync);
        if (ProtectedNames.IsBlocked(path)) return RefuseAsync(context, plan, FacadePage.NotFoundAsync);
        return plan.Strategy.AnswerAsync(context, plan);
    }

    /// <summary>The method that ownership is decided by. A WebSocket over HTTP/2 comes as CONNECT and arrives at its owner as what it is over HTTP/1.1: a GET.</summary>
    internal static string MethodOf(HttpContext context) =>
        HttpMethods.IsConnect(context.Request.Method) && context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } ? HttpMethods.Get : context.Request.Method;

    private Task RefuseAsync(HttpContext context, RoutePlan plan, Func<HttpContext, Task> page)
    {
        metrics.Count(context, plan, plan.Route.Owner, Outcome.Refused);
        return page(context);
    }
}
