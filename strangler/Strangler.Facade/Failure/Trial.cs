using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;

namespace Strangler.Facade;

/// <summary>One request to a service that somebody else can answer instead: an answer of 5xx, or none in time, is kept from the user. Not reusable.</summary>
internal sealed class Trial : HttpTransformer, IDisposable
{
    private const int Waiting = 0;
    private const int Begun = 1;
    private const int Over = 2;
    private readonly CancellationTokenSource late = new();
    private readonly ITimer timer;
    private int state;

    /// <param name="within">How long the service may take to begin its answer.</param>
    /// <param name="clock">Measures that.</param>
    public Trial(TimeSpan within, TimeProvider clock)
    {
        timer = clock.CreateTimer(static trial => ((Trial)trial!).TimeIsOver(), this, within, Timeout.InfiniteTimeSpan);
    }

    /// <summary>What carries the request and its answer.</summary>
    public HttpTransformer Inner { get; set; } = Default;

    /// <summary>Cancelled when the service took too long to begin.</summary>
    public CancellationToken Late => late.Token;

    public bool TookTooLong => Volatile.Read(ref state) == Over;

    /// <summary>Whether the service answered 5xx, which nobody has seen.</summary>
    public bool Failed { get; private set; }

    public override ValueTask TransformRequestAsync(HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken) =>
        Inner.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);

    public override ValueTask<bool> TransformResponseAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        // Either the answer has begun or the time is over, never both: an answer is not cut once it is on its way.
        if (proxyResponse is not null && Interlocked.CompareExchange(ref state, Begun, Waiting) == Over) return ValueTask.FromResult(false);
        Failed = proxyResponse is { StatusCode: >= System.Net.HttpStatusCode.InternalServerError };
        return Failed ? ValueTask.FromResult(false) : Inner.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
    }

    public override ValueTask TransformResponseTrailersAsync(HttpContext httpContext, HttpResponseMessage proxyResponse, CancellationToken cancellationToken) =>
        Inner.TransformResponseTrailersAsync(httpContext, proxyResponse, cancellationToken);

    public void Dispose()
    {
        timer.Dispose();
        late.Dispose();
    }

    private void TimeIsOver()
    {
        if (Interlocked.CompareExchange(ref state, Over, Waiting) != Waiting) return;
        try
        {
            late.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The request ended in this very moment.
        }
    }
}
