using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Strangler.Identity;

/// <summary>Reads the token of the facade. A call without a valid one learns that it is refused and nothing else; the reason goes to the log.</summary>
internal sealed partial class StranglerIdentityHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory loggers,
    UrlEncoder encoder,
    IdentityVerifier verifier)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    private string reason = "";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var tokens = Request.Headers[StranglerIdentity.HeaderName];
        if (tokens.Count == 0) return Task.FromResult(Nobody("no token"));
        if (tokens is not [{ } token]) return Task.FromResult(Nobody("several tokens"));

        var verdict = verifier.Verify(token);
        return Task.FromResult(verdict.Accepted
            ? AuthenticateResult.Success(new(verdict.User, Scheme.Name))
            : Nobody(verdict.Refusal.Value.ToString()));
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        LogRefused(Logger, Request.Method, reason);
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.ContentType = "text/plain; charset=utf-8";
        Response.Headers.CacheControl = "no-store";
        await Response.WriteAsync("This service answers through the facade only.\n", Context.RequestAborted);
    }

    private AuthenticateResult Nobody(string reason)
    {
        this.reason = reason;
        return AuthenticateResult.NoResult();
    }

    // No path and no token: both may hold what a log must not.
    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "Refused a {Method} call without a valid identity: {Reason}")]
    private static partial void LogRefused(ILogger logger, string method, string reason);
}
