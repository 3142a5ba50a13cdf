using Microsoft.AspNetCore.Http;
using Strangler.Identity;

namespace Strangler.Facade;

/// <summary>Stage canary: the service answers a share of the users, legacy the others, and each user stays on one side.</summary>
internal sealed class CanaryStage(LegacyStage legacy, ServiceStage service, IdentityStep identity, KnownUsers users) : StageStrategy
{
    public override Task AnswerAsync(HttpContext context, RoutePlan plan)
    {
        var split = plan.Route.Split!;
        return split.SideOf(context.Request.Headers) switch
        {
            Side.Legacy => legacy.AnswerAsync(context, plan),
            Side.Service => service.AnswerAsync(context, plan),
            _ when split.ByUser => AnswerByUserAsync(context, plan, split),
            _ when split.Serves(KeyOf(context, split)) => service.AnswerAsync(context, plan),
            _ => legacy.AnswerAsync(context, plan),
        };
    }

    private async Task AnswerByUserAsync(HttpContext context, RoutePlan plan, CanarySplit split)
    {
        // Memory chooses a side. It lets nobody in: whoever the service is told about, legacy was asked about with this very request.
        if (users.Of(context) is { } remembered)
        {
            var serves = split.Serves(StickyKey.User(remembered));
            if (!serves || !plan.Route.IdentityRequired)
            {
                await (serves ? service.AnswerAsync(context, plan) : legacy.AnswerAsync(context, plan));
                return;
            }
        }

        // Whoever legacy does not know, it challenges itself, and when it cannot say who it is, it may still be able to answer.
        if (await identity.AskAsync(context, plan) is not { } said) return;
        var known = said as RemoteAuthenticationResult.Authenticated;
        var name = known is null ? null : IdentityStep.NameOf(known.User);
        if (name is not null) users.Note(context, name);
        if (name is null || !split.Serves(StickyKey.User(name))) await legacy.AnswerAsync(context, plan);
        else await service.AnswerAsync(context, plan, known);
    }

    private static StickyKey KeyOf(HttpContext context, CanarySplit split) =>
        split.SessionCookie is { } name && CookieHeader.Find(context.Request.Headers.Cookie, name) is { IsEmpty: false } session ? StickyKey.Session(session) : OwnCookie.KeyOf(context);
}
