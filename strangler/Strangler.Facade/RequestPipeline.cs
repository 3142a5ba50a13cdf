using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Strangler.Facade;

/// <summary>Every public request: finds the route that owns it and lets the route's stage answer. Nothing comes after it.</summary>
internal sealed class RequestPipeline(LiveOwnership ownership, FacadeMetrics metrics)
{
    public Task HandleAsync(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var live = ownership.Current;
        var path = RequestPath.Of(target);
        var plan = live.PlanOf(live.Table.FindByPath(path, context.Request.Method, context.Request.Headers.Host.ToString()));
        // OPTIONS * and CONNECT name no resource, so nobody owns them.
        if (!path.StartsWith("/")) return RefuseAsync(context, plan, FacadePage.BadRequestAsync);
        if (ProtectedNames.IsBlocked(path)) return RefuseAsync(context, plan, FacadePage.NotFoundAsync);
        return plan.Strategy.AnswerAsync(context, plan);
    }

    private Task RefuseAsync(HttpContext context, RoutePlan plan, Func<HttpContext, Task> page)
    {
        metrics.Count(plan.Route, plan.Route.Owner, Outcome.Refused);
        return page(context);
    }
}
