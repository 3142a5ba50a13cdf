using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;

namespace Strangler.Facade;

/// <summary>Remembers the request that went to an owner, so that it can be asked whether it ever left.</summary>
internal sealed class SentRequest(HttpTransformer inner) : HttpTransformer
{
    private HttpRequestMessage? _request;

    /// <summary>Whether the owner may have acted on it: it has side effects, and its head was written once.</summary>
    public bool MayHaveBeenExecuted => _request is not null && Attempts.WasMade(_request);

    public override ValueTask TransformRequestAsync(HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        _request = proxyRequest;
        return inner.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
    }

    public override ValueTask<bool> TransformResponseAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken) =>
        inner.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);

    public override ValueTask TransformResponseTrailersAsync(HttpContext httpContext, HttpResponseMessage proxyResponse, CancellationToken cancellationToken) =>
        inner.TransformResponseTrailersAsync(httpContext, proxyResponse, cancellationToken);
}
