using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Strangler.Identity;

namespace Strangler.Facade;

/// <summary>Stage shadow: legacy answers as in stage legacy; when its answer is complete, a copy of the request may go to the service.</summary>
internal sealed partial class ShadowStage(OwnerForwarder forwarder, ShadowLedger ledger, ShadowMemory memory, FacadeOptions options, TimeProvider clock, ILogger<ShadowStage> log) : StageStrategy
{
    public override Task AnswerAsync(HttpContext context, RoutePlan plan)
    {
        if (ledger.Of(plan.Route.Id) is not { Ended: false } shadow) return forwarder.SendAsync(context, plan, plan.Legacy);
        if ((ShadowFilter.Before(context, shadow) ?? Chance(context, shadow)) is { } reason)
        {
            shadow.Tally.SkippedAtOnce(reason);
            return forwarder.SendAsync(context, plan, plan.Legacy);
        }

        if (!shadow.TargetOf(context.Request.Method).Lane.IsFull) return CopiedAsync(context, plan, shadow);
        shadow.Tally.DroppedAtOnce(Drop.BufferFull);
        return forwarder.SendAsync(context, plan, plan.Legacy);
    }

    private static Skip? Chance(HttpContext context, RouteShadow shadow) =>
        shadow.Sampling.Takes(shadow.Settings.Share) ? shadow.TargetOf(context.Request.Method).Lane.TryTake() : Skip.Share;

    private Task CopiedAsync(HttpContext context, RoutePlan plan, RouteShadow shadow)
    {
        var answer = new HeldBytes(memory, options.Shadow.MaxBodyBytes);
        HeldBytes? body = null;
        var user = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        context.Features.Set<IHttpResponseBodyFeature>(new AnswerThrough(user, new KeepingStream(user.Stream, answer)));
        if (ShadowFilter.HasBody(context))
        {
            body = new HeldBytes(memory, options.Shadow.MaxBodyBytes);
            context.Request.Body = new KeepingStream(context.Request.Body, body);
        }

        context.Response.OnStarting(() => HeadAsync(context.Response, answer));
        // Runs when the server has given the whole answer to the connection, and before it forgets the request.
        context.Response.OnCompleted(() => AnsweredAsync(context, plan, shadow, answer, body));
        return forwarder.SendAsync(context, plan, plan.Legacy);
    }

    /// <summary>Does not begin to keep what is known to be too large, or to have no end.</summary>
    private Task HeadAsync(HttpResponse response, HeldBytes answer)
    {
        if (response.ContentLength > options.Shadow.MaxBodyBytes) answer.Refuse();
        else if (ShadowFilter.IsStream(response)) answer.Dispose();
        return Task.CompletedTask;
    }

    private async Task AnsweredAsync(HttpContext context, RoutePlan plan, RouteShadow shadow, HeldBytes answer, HeldBytes? body)
    {
        using var _ = body;
        var lane = shadow.TargetOf(context.Request.Method).Lane;
        if (ShadowFilter.After(context, answer, body, clock.GetUtcNow()) is { } reason)
        {
            answer.Dispose();
            shadow.Tally.SkippedAtOnce(reason);
            if (reason == Skip.Wrote && shadow.Warnings.CountLegacy()) LogLegacyWrote(plan.Route.Id);
        }
        else if (answer.NoMemory || body is { NoMemory: true } || lane.IsFull)
        {
            shadow.Tally.DroppedAtOnce(answer.NoMemory || body is { NoMemory: true } ? Drop.MemoryFull : Drop.BufferFull);
            answer.Dispose();
        }
        else
        {
            var copy = await CopyAsync(context, plan, shadow, answer, body);
            shadow.Tally.Waits();
            if (lane.Offer(copy)) return;
            shadow.Tally.Dropped(Drop.BufferFull);
            copy.Dispose();
        }
    }

    private async Task<ShadowCopy> CopyAsync(HttpContext context, RoutePlan plan, RouteShadow shadow, HeldBytes answer, HeldBytes? body)
    {
        var target = shadow.TargetOf(context.Request.Method);
        var request = await target.RequestAsync(context, body is null ? null : new ByteArrayContent(body.ToArray()));
        CopyHeaders.Prepare(request, shadow.Settings);
        var seen = new SeenRequest(context.Request.Method, context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget, context.Request.Headers.Host.ToString());
        var headers = context.Response.Headers.SelectMany(header => header.Value.Select(value => KeyValuePair.Create(header.Key, value ?? ""))).ToList();
        return new ShadowCopy(shadow, target, seen, request, context.Response.StatusCode, headers, answer)
        {
            Again = ShadowFilter.IsSafe(context.Request.Method) && AsksTwice(shadow) ? await AgainAsync(context, plan) : null,
            Question = plan.Route.IdentityRequired ? RemoteAuthenticationRequest.Of(context, plan.Legacy.Owner.Address) : null,
            CompletedAt = clock.GetTimestamp(),
        };
    }

    private static bool AsksTwice(RouteShadow shadow) => shadow.Settings.Noise > 0 && shadow.NoiseSampling.Takes(shadow.Settings.Noise);

    private static async Task<HttpRequestMessage> AgainAsync(HttpContext context, RoutePlan plan)
    {
        var again = await ShadowTarget.RequestAsync(plan.Legacy, context, null);
        // Everything as the user sent it, so that nothing but legacy itself can make the answer another; the mark keeps a facade behind from copying it.
        again.Headers.TryAddWithoutValidation(CopyHeaders.Marker, "1");
        return again;
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "Route {Route}: legacy's answers to GET or HEAD show that it wrote; such requests are not copied. Exclude their paths")]
    private partial void LogLegacyWrote(string route);
}
