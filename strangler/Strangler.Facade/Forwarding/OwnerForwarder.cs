using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace Strangler.Facade;

/// <summary>Sends a request to one owner by YARP's forwarder: once, streamed, and with a page of our own when the owner gives no answer.</summary>
internal sealed partial class OwnerForwarder(IHttpForwarder forwarder, FacadeOptions options, FacadeMetrics metrics, ILogger<OwnerForwarder> log)
{
    // HTTP/1.1 to every owner: what a browser could send to the application directly, and nothing that the application never saw.
    private readonly ForwarderRequestConfig _config = new()
    {
        ActivityTimeout = options.IdleTimeout,
        Version = System.Net.HttpVersion.Version11,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    public async Task SendAsync(HttpContext context, RoutePlan plan, OwnerPlan owner)
    {
        var error = await forwarder.SendAsync(context, owner.Prefix, owner.Client, _config, owner.Transformer);
        var outcome = error == ForwarderError.None ? Outcome.Answered : await FailedAsync(context, plan, owner, error);
        metrics.Count(plan.Route, owner.Owner, outcome);
    }

    private async Task<Outcome> FailedAsync(HttpContext context, RoutePlan plan, OwnerPlan owner, ForwarderError error)
    {
        if (context.RequestAborted.IsCancellationRequested || error is ForwarderError.RequestCanceled or ForwarderError.RequestBodyClient or ForwarderError.RequestBodyCanceled
            or ForwarderError.ResponseBodyClient or ForwarderError.UpgradeRequestClient or ForwarderError.UpgradeResponseClient)
        {
            // A body with a broken frame, from a client that is still there: where its next request begins is anybody's guess.
            if (error == ForwarderError.RequestBodyClient && !context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested) await FacadePage.AmbiguousAsync(context);
            return Outcome.ClientGone;
        }

        var cause = context.Features.Get<IForwarderErrorFeature>()?.Exception;
        LogFailed(plan.Route.Id, owner.Owner.Name, error, cause?.GetBaseException().Message);
        var outcome = context.Response.StatusCode == StatusCodes.Status504GatewayTimeout ? Outcome.TimedOut : Outcome.Unreachable;
        // Once the answer has begun, YARP has cut the connection: the client must not take a part for the whole.
        if (!context.Response.HasStarted) await (outcome == Outcome.TimedOut ? FacadePage.TimeoutAsync(context) : FacadePage.BadGatewayAsync(context));
        return outcome;
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "Route {Route}: {Owner} gave no answer ({Error}): {Reason}")]
    private partial void LogFailed(string route, string owner, ForwarderError error, string? reason);
}
