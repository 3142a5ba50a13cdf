using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Strangler.Identity;

/// <summary>What legacy is told about a user's request: no more than it needs to recognise the user and to send them back.</summary>
/// <param name="Legacy">Address of legacy, its virtual directory included.</param>
/// <param name="OriginalUrl">Path and query as the user's client sent them, byte for byte; begins with a slash.</param>
/// <param name="Scheme">Scheme the user used: <c>http</c> or <c>https</c>.</param>
/// <param name="Host">Host the user used, with its port unless that is the scheme's own.</param>
/// <param name="Authorization">The user's Authorization header; empty when there was none.</param>
/// <param name="Cookie">The user's Cookie headers; several are sent on as one.</param>
public sealed record RemoteAuthenticationRequest(Uri Legacy, string OriginalUrl, string Scheme, string Host, StringValues Authorization, StringValues Cookie)
{
    /// <summary>Takes the parts from a request at hand. Its raw target is used, never the decoded path: the user returns to the very same URL after a login.</summary>
    public static RemoteAuthenticationRequest Of(HttpContext context, Uri legacy)
    {
        ArgumentNullException.ThrowIfNull(context);
        var request = context.Request;
        return new(legacy, PathAndQuery(context), request.Scheme, request.Host.Value ?? "", request.Headers.Authorization, request.Headers.Cookie);
    }

    private static string PathAndQuery(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (target.StartsWith('/')) return target;

        // Absolute form (RFC 9112, 3.2.2): http://host/path?query. Anything else has no path to return to.
        var authority = target.IndexOf("://", StringComparison.Ordinal);
        var path = authority < 0 ? -1 : target.IndexOf('/', authority + 3);
        return path < 0 ? "/" : target[path..];
    }
}
