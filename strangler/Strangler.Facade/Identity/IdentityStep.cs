using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Strangler.Identity;

namespace Strangler.Facade;

/// <summary>Asks legacy who the user is, and signs the answer for the service. Whoever legacy does not know gets legacy's own challenge.</summary>
internal sealed partial class IdentityStep(LegacyIdentity identity, FacadeMetrics metrics, FacadeOptions options, ILogger<IdentityStep> log)
{
    /// <summary>The user's name, or what legacy identifies them by; null when legacy says neither.</summary>
    public static string? NameOf(ClaimsPrincipal user) => user.Identity?.Name ?? user.FindFirst(ClaimTypes.NameIdentifier)?.Value;

    /// <summary>Asks legacy who the user is, and answers nobody.</summary>
    /// <returns>What legacy says; null when the user has left meanwhile, which is counted.</returns>
    public async Task<RemoteAuthenticationResult?> AskAsync(HttpContext context, RoutePlan plan)
    {
        try
        {
            return await identity.AskAsync(RemoteAuthenticationRequest.Of(context, plan.Legacy.Owner.Address), context.RequestAborted);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            metrics.Count(context, plan, plan.Service!.Owner, Outcome.ClientGone);
            return null;
        }
    }

    /// <summary>Signs for the service what legacy said.</summary>
    public void Admit(HttpContext context, RoutePlan plan, RemoteAuthenticationResult.Authenticated known)
    {
        Add(context.Response.Headers, known.Headers);
        context.Features.Set(new SignedIdentity(identity.Issuer!.Issue(known.User, plan.Service!.Owner.Name)));
    }

    /// <returns>Whether the request may go on to its service; when not, it has been answered.</returns>
    public async Task<bool> PassAsync(HttpContext context, RoutePlan plan)
    {
        switch (await AskAsync(context, plan))
        {
            case RemoteAuthenticationResult.Authenticated known when NameOf(known.User) is not null:
                Admit(context, plan, known);
                return true;

            case null:
                return false;

            case RemoteAuthenticationResult.Challenge challenge:
                metrics.Count(context, plan, plan.Service!.Owner, Outcome.Challenged);
                await ChallengeAsync(context, challenge);
                return false;

            case RemoteAuthenticationResult.KeyRefused refused:
                LogKeyRefused(plan.Route.Id, refused.Reason);
                break;

            case RemoteAuthenticationResult.LegacyUnavailable unavailable:
                LogUnavailable(plan.Route.Id, unavailable.Reason);
                break;

            default:
                LogUnavailable(plan.Route.Id, "Legacy authenticated a user without a name.");
                break;
        }

        metrics.Count(context, plan, plan.Service!.Owner, Outcome.IdentityUnavailable);
        await FacadePage.UnavailableAsync(context, options.RetryAfter);
        return false;
    }

    private static async Task ChallengeAsync(HttpContext context, RemoteAuthenticationResult.Challenge challenge)
    {
        context.Response.StatusCode = challenge.Status;
        Add(context.Response.Headers, challenge.Headers);
        if (challenge.Body.Length > 0 && !HttpMethods.IsHead(context.Request.Method)) await context.Response.Body.WriteAsync(challenge.Body, context.RequestAborted);
    }

    private static void Add(IHeaderDictionary headers, IReadOnlyList<KeyValuePair<string, string>> values)
    {
        foreach (var (name, value) in values) headers.Append(name, value);
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "Route {Route}: legacy could not say who the user is. {Reason}")]
    private partial void LogUnavailable(string route, string reason);

    [LoggerMessage(EventId = 2, Level = LogLevel.Error, Message = "Route {Route}: nobody can be recognised. {Reason}")]
    private partial void LogKeyRefused(string route, string reason);
}
