using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Polly;
using Polly.CircuitBreaker;

namespace Strangler.Facade;

/// <summary>
/// All that copies for one address share and nothing else touches: the buffer they wait in, the few who send them, a connection pool, a breaker
/// and budgets. A lane that is full, exhausted or paused turns copies away at once.
/// </summary>
internal sealed class ShadowLane : IAsyncDisposable
{
    private readonly BlockingCollection<ShadowCopy> waiting;
    private readonly CancellationTokenSource stop = new();
    private readonly Task[] workers;
    private readonly TokenBucket rate;
    private readonly TokenBucket bytes;
    private readonly TimeProvider clock;
    private readonly int buffer;
    private long pausedUntil;

    public ShadowLane(ShadowOptions options, ShadowWorker worker, TimeProvider clock)
    {
        (this.clock, buffer) = (clock, options.Buffer);
        waiting = new BlockingCollection<ShadowCopy>(options.Buffer);
        rate = new TokenBucket(Math.Max(1, options.RatePerSecond), options.RatePerSecond, clock);
        bytes = new TokenBucket(options.BytesPerHour, options.BytesPerHour / 3600.0, clock);
        Client = NewClient(options.Timeout, options.Concurrency);
        Guard = new ResiliencePipelineBuilder<SentCopy> { TimeProvider = clock }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<SentCopy>
            {
                ShouldHandle = attempt => ValueTask.FromResult(attempt.Outcome.Result is { IsTrouble: true }),
                FailureRatio = 0.5,
                MinimumThroughput = 5,
                SamplingDuration = TimeSpan.FromSeconds(30),
                BreakDuration = options.Pause,
                OnOpened = opened =>
                {
                    Volatile.Write(ref pausedUntil, clock.GetTimestamp() + (long)(opened.BreakDuration.TotalSeconds * clock.TimestampFrequency));
                    return ValueTask.CompletedTask;
                },
            })
            .Build();
        workers = [.. Enumerable.Range(0, options.Concurrency).Select(_ => GivingWay.RunAsync(() => Work(worker)))];
    }

    public HttpMessageInvoker Client { get; }

    public ResiliencePipeline<SentCopy> Guard { get; }

    /// <summary>Why the lane takes no copy now; null when it takes one, which is then spent.</summary>
    public Skip? TryTake()
    {
        if (clock.GetTimestamp() < Volatile.Read(ref pausedUntil)) return Skip.Breaker;
        if (!bytes.Any()) return Skip.Bytes;
        return rate.TryTake() ? null : Skip.Rate;
    }

    /// <summary>Whether a copy would be turned away now; saves making it.</summary>
    public bool IsFull => waiting.Count >= buffer;

    /// <summary>Takes a copy in, or says that the buffer is full.</summary>
    public bool Offer(ShadowCopy copy)
    {
        try
        {
            return waiting.TryAdd(copy);
        }
        catch (InvalidOperationException) when (waiting.IsAddingCompleted)
        {
            return false;
        }
    }

    public void Spend(long bytes) => this.bytes.Spend(bytes);

    public async ValueTask DisposeAsync()
    {
        waiting.CompleteAdding();
        await stop.CancelAsync();
        await Task.WhenAll(workers);
        while (waiting.TryTake(out var copy))
        {
            copy.Shadow.Tally.Dropped(Drop.Stopped);
            copy.Dispose();
        }

        Client.Dispose();
        stop.Dispose();
        waiting.Dispose();
    }

    /// <summary>A client for copies: its own connections, one attempt, no redirects, no cookies.</summary>
    public static HttpMessageInvoker NewClient(TimeSpan timeout, int connections) => new(
        new SocketsHttpHandler
        {
            UseCookies = false,
            UseProxy = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            RequestHeaderEncodingSelector = (_, _) => Encoding.Latin1,
            ResponseHeaderEncodingSelector = (_, _) => Encoding.Latin1,
            MaxResponseHeadersLength = 128,
            MaxConnectionsPerServer = connections,
            ConnectTimeout = timeout,
            ResponseDrainTimeout = TimeSpan.Zero,
            PlaintextStreamFilter = SentOnce.GuardAsync,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(50),
        },
        disposeHandler: true);

    private void Work(ShadowWorker worker)
    {
        try
        {
            foreach (var copy in waiting.GetConsumingEnumerable(stop.Token)) worker.Handle(copy, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The facade stops; what waits is counted by who disposes.
        }
    }
}

/// <summary>One lane an address, for as long as the facade runs.</summary>
internal sealed class ShadowLanes(FacadeOptions options, ShadowWorker worker, TimeProvider clock) : IAsyncDisposable
{
    private readonly Lock sync = new();
    private readonly Dictionary<string, ShadowLane> lanes = [];

    public ShadowLane Of(Uri address)
    {
        lock (sync)
        {
            var key = address.GetLeftPart(UriPartial.Authority);
            return lanes.TryGetValue(key, out var lane) ? lane : lanes[key] = new ShadowLane(options.Shadow, worker, clock);
        }
    }

    public async ValueTask DisposeAsync()
    {
        ShadowLane[] lanes;
        lock (sync) lanes = [.. this.lanes.Values];
        foreach (var lane in lanes) await lane.DisposeAsync();
    }
}
