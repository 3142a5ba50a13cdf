using Microsoft.AspNetCore.Http;

namespace Strangler.Facade;

/// <summary>Where the user's browser believes to be: the outermost proxy's word when it comes from a trusted peer, else what this request names.</summary>
/// <param name="Scheme">http or https.</param>
/// <param name="Host">Name and port as sent; never empty.</param>
internal readonly record struct PublicAddress(string Scheme, string Host)
{
    /// <summary>The address; null when the client named no host.</summary>
    public static PublicAddress? Of(HttpContext context, PeerTrust trust)
    {
        var request = context.Request;
        var (scheme, host) = (request.Scheme, request.Headers.Host.ToString());
        if (trust.Trusts(context.Connection.RemoteIpAddress))
        {
            if (First(request.Headers[ForwardedHeaders.Proto].ToString()) is ("http" or "https") and var proto) scheme = proto;
            if (First(request.Headers[ForwardedHeaders.Host].ToString()) is { Length: > 0 } named) host = named;
        }

        return host.Length == 0 ? null : new PublicAddress(scheme, host);
    }

    private static string First(string chain) => chain.IndexOf(',') is >= 0 and var end ? chain[..end].Trim() : chain.Trim();
}
