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

/// <summary>Stage service: the service answers, told who the user is when the route asks for that.</summary>
internal sealed class ServiceStage(OwnerForwarder forwarder, IdentityStep identity) : StageStrategy
{
    public override Task AnswerAsync(HttpContext context, RoutePlan plan) =>
        plan.Route.IdentityRequired ? AnswerKnownUserAsync(context, plan) : forwarder.SendAsync(context, plan, plan.Service!);

    /// <summary>The same when legacy has said already who the user is.</summary>
    public Task AnswerKnownAsync(HttpContext context, RoutePlan plan, RemoteAuthenticationResult.Authenticated known)
    {
        if (plan.Route.IdentityRequired) identity.Admit(context, plan, known);
        return forwarder.SendAsync(context, plan, plan.Service!);
    }

    private async Task AnswerKnownUserAsync(HttpContext context, RoutePlan plan)
    {
        if (await identity.PassAsync(context, plan)) await forwarder.SendAsync(context, plan, plan.Service!);
    }
}
