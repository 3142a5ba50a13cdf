using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Yarp.ReverseProxy.Forwarder;

namespace Strangler.Facade;

/// <summary>Carries a request to one owner and its answer back, changing what a hop must change and nothing else.</summary>
internal sealed class OwnerTransformer(Owner owner, PeerTrust trust, OpenExchanges exchanges) : HttpTransformer
{
    private const string Connection = "Connection";
    private const string TraceParent = "traceparent";
    private const string UpgradeInsecureRequests = "Upgrade-Insecure-Requests";
    private readonly AnswerRewriting? rewriting = AnswerRewriting.Of(owner, trust);

    public override async ValueTask TransformRequestAsync(HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        // Copies every header, the Host too, except those of the hop.
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);

        var headers = httpContext.Request.Headers;
        // YARP takes this for a header of the hop. It is the browser's word to the application.
        if (headers.TryGetValue(UpgradeInsecureRequests, out var upgrade)) proxyRequest.Headers.TryAddWithoutValidation(UpgradeInsecureRequests, (IEnumerable<string?>)upgrade);
        if (StringValues.IsNullOrEmpty(headers.Host)) proxyRequest.Headers.Host = HostOf(httpContext.Connection);
        RemoveNamedByConnection(headers.Connection, proxyRequest);
        ProtectedNames.Strip(proxyRequest);
        OwnCookie.Strip(proxyRequest);
        ForwardedHeaders.Apply(httpContext, proxyRequest, owner.Forwarded, trust);
        if (httpContext.Features.Get<SignedIdentity>() is { } identity) proxyRequest.Headers.TryAddWithoutValidation(ProtectedNames.Identity, identity.Token);

        if (owner.Trace && httpContext.Features.Get<RequestRecord>()?.Trace is { Id: { } trace })
        {
            proxyRequest.Headers.Remove(TraceParent);
            proxyRequest.Headers.TryAddWithoutValidation(TraceParent, trace);
        }

        var target = RequestTarget.PathAndQuery(httpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget)!;
        proxyRequest.RequestUri = RequestTarget.At(destinationPrefix, target);
    }

    public override async ValueTask<bool> TransformResponseAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        var copied = await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
        if (proxyResponse is not null && proxyResponse.Headers.NonValidated.TryGetValues(Connection, out var values))
        {
            foreach (var value in values)
            {
                foreach (var name in value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)) httpContext.Response.Headers.Remove(name);
            }
        }

        if (rewriting is not null && proxyResponse is not null) rewriting.Apply(httpContext);
        if (copied && proxyResponse is not null && IsEndless(httpContext.Response)) proxyResponse.Content = new DrainingEvents(proxyResponse.Content, exchanges.Open(httpContext, owner), exchanges);
        if (copied && proxyResponse is not null && PromptAnswer.IsFor(httpContext, proxyResponse))
        {
            proxyResponse.Content = new PromptAnswer(proxyResponse.Content, httpContext.Response, proxyResponse.Headers.TransferEncodingChunked == true && !HttpProtocol.IsHttp2(httpContext.Request.Protocol));
        }

        return copied;
    }

    public override ValueTask TransformResponseTrailersAsync(HttpContext httpContext, HttpResponseMessage proxyResponse, CancellationToken cancellationToken)
    {
        // Called when the body has passed to its end.
        if (owner.HttpVersion.Major > 1) WholeAnswer.Note(httpContext);
        return base.TransformResponseTrailersAsync(httpContext, proxyResponse, cancellationToken);
    }

    /// <summary>
    /// What stands for a Host that the client did not send (HTTP/1.0, old monitors): where it reached this facade, as the owner would have taken
    /// its own. The client library would send the owner's inner address, which then comes back in links.
    /// </summary>
    private static string HostOf(ConnectionInfo connection) =>
        connection.LocalIpAddress is not { } address ? "localhost"
        : new IPEndPoint(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, connection.LocalPort).ToString();

    private static bool IsEndless(HttpResponse response) =>
        response.ContentLength is null && response.ContentType is { } type && type.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase);

    /// <summary>RFC 9110, 7.6.1: what Connection names belongs to this hop.</summary>
    private static void RemoveNamedByConnection(StringValues connection, HttpRequestMessage request)
    {
        if (connection.Count == 0) return;
        foreach (var value in connection)
        {
            if (value is null or "keep-alive" or "close" or "Upgrade") continue;
            foreach (var name in value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                if (Framing.IsToken(name) && !IsEndToEnd(name) && !request.Headers.Remove(name)) request.Content?.Headers.Remove(name);
            }
        }
    }

    // Naming these in Connection is an attack on the owner's view of the message, never a property of the hop.
    private static bool IsEndToEnd(string name) => name.ToUpperInvariant() is "HOST" or "CONTENT-LENGTH" or "COOKIE" or "AUTHORIZATION";
}
