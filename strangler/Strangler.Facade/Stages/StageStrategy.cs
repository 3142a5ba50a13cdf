using Microsoft.AspNetCore.Http;
using Strangler.Identity;

namespace Strangler.Facade;

/// <summary>How requests of a route are answered in one stage.</summary>
internal abstract class StageStrategy
{
    public abstract Task AnswerAsync(HttpContext context, RoutePlan plan);
}

/// <summary>Stage legacy: legacy answers.</summary>
internal sealed class LegacyStage(OwnerForwarder forwarder) : StageStrategy
{
    public override Task AnswerAsync(HttpContext context, RoutePlan plan) => forwarder.SendAsync(context, plan, plan.Legacy);
}

/// <summary>Stage service: the service answers, told who the user is when the route asks for that; legacy when the service fails and the route says so.</summary>
internal sealed class ServiceStage(OwnerForwarder forwarder, IdentityStep identity, Fallback fallback) : StageStrategy
{
    public override Task AnswerAsync(HttpContext context, RoutePlan plan) =>
        plan.Route is { IdentityRequired: false, Fallback: null } ? forwarder.SendAsync(context, plan, plan.Service!) : AnswerAsync(context, plan, null);

    /// <summary>The same when legacy may have said already who the user is.</summary>
    public async Task AnswerAsync(HttpContext context, RoutePlan plan, RemoteAuthenticationResult.Authenticated? known)
    {
        var service = plan.Service!;
        if (!service.CanAnswer && Fallback.Takes(context, plan))
        {
            plan.Measure?.Add(service.Owner, Outcome.Unavailable, 0, null);
            await fallback.AnswerAsync(context, plan, Outcome.Unavailable);
            return;
        }

        if (plan.Route.IdentityRequired)
        {
            if (known is not null) identity.Admit(context, plan, known);
            else if (!await identity.PassAsync(context, plan)) return;
        }

        if (Fallback.TakesOver(context, plan)) await fallback.TryAsync(context, plan, service);
        else await forwarder.SendAsync(context, plan, service);
    }
}
