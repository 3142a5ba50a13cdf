using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;

namespace Strangler.Facade;

/// <summary>Remembers the request that went to an owner, so that it can be asked whether it ever left, and when its answer began.</summary>
internal sealed class SentRequest(HttpTransformer inner, TimeProvider clock) : HttpTransformer
{
    private HttpRequestMessage? request;
    private long began;

    /// <summary>How long the answer took to begin; null as long as it has not.</summary>
    public TimeSpan? Latency { get; private set; }

    /// <summary>Whether the owner may have acted on it: it has side effects, and its head was written once.</summary>
    public bool MayHaveBeenExecuted => request is not null && Attempts.WasMade(request);

    public override ValueTask TransformRequestAsync(HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        (request, began, Latency) = (proxyRequest, clock.GetTimestamp(), null);
        return inner.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
    }

    public override ValueTask<bool> TransformResponseAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        if (proxyResponse is not null) Latency = clock.GetElapsedTime(began);
        return inner.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
    }

    public override ValueTask TransformResponseTrailersAsync(HttpContext httpContext, HttpResponseMessage proxyResponse, CancellationToken cancellationToken) =>
        inner.TransformResponseTrailersAsync(httpContext, proxyResponse, cancellationToken);
}
