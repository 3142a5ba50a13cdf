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
    private readonly BlockingCollection<ShadowCopy> _waiting;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task[] _workers;
    private readonly TokenBucket _rate;
    private readonly TokenBucket _bytes;
    private readonly TimeProvider _clock;
    private readonly int _buffer;
    private long _pausedUntil;

    public ShadowLane(ShadowOptions options, ShadowWorker worker, TimeProvider clock)
    {
        (_clock, _buffer) = (clock, options.Buffer);
        _waiting = new BlockingCollection<ShadowCopy>(options.Buffer);
        _rate = new TokenBucket(Math.Max(1, options.RatePerSecond), options.RatePerSecond, clock);
        _bytes = new TokenBucket(options.BytesPerHour, options.BytesPerHour / 3600.0, clock);
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
                    Volatile.Write(ref _pausedUntil, clock.GetTimestamp() + (long)(opened.BreakDuration.TotalSeconds * clock.TimestampFrequency));
                    return ValueTask.CompletedTask;
                },
            })
            .Build();
        _workers = [.. Enumerable.Range(0, options.Concurrency).Select(_ => GivingWay.RunAsync(() => Work(worker)))];
    }

    public HttpMessageInvoker Client { get; }

    public ResiliencePipeline<SentCopy> Guard { get; }

    /// <summary>Why the lane takes no copy now; null when it takes one, which is then spent.</summary>
    public Skip? TryTake()
    {
        if (_clock.GetTimestamp() < Volatile.Read(ref _pausedUntil)) return Skip.Breaker;
        if (!_bytes.Any()) return Skip.Bytes;
        return _rate.TryTake() ? null : Skip.Rate;
    }

    /// <summary>Whether a copy would be turned away now; saves making it.</summary>
    public bool IsFull => _waiting.Count >= _buffer;

    /// <summary>Takes a copy in, or says that the buffer is full.</summary>
    public bool Offer(ShadowCopy copy)
    {
        try
        {
            return _waiting.TryAdd(copy);
        }
        catch (InvalidOperationException) when (_waiting.IsAddingCompleted)
        {
            return false;
        }
    }

    public void Spend(long bytes) => _bytes.Spend(bytes);

    public async ValueTask DisposeAsync()
    {
        _waiting.CompleteAdding();
        await _stop.CancelAsync();
        await Task.WhenAll(_workers);
        while (_waiting.TryTake(out var copy))
        {
            copy.Shadow.Tally.Dropped(Drop.Stopped);
            copy.Dispose();
        }

        Client.Dispose();
        _stop.Dispose();
        _waiting.Dispose();
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
            foreach (var copy in _waiting.GetConsumingEnumerable(_stop.Token)) worker.Handle(copy, _stop.Token);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The facade stops; what waits is counted by who disposes.
        }
    }
}

/// <summary>One lane an address, for as long as the facade runs.</summary>
internal sealed class ShadowLanes(FacadeOptions options, ShadowWorker worker, TimeProvider clock) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ShadowLane> _lanes = [];

    public ShadowLane Of(Uri address)
    {
        lock (_lock)
        {
            var key = address.GetLeftPart(UriPartial.Authority);
            return _lanes.TryGetValue(key, out var lane) ? lane : _lanes[key] = new ShadowLane(options.Shadow, worker, clock);
        }
    }

    public async ValueTask DisposeAsync()
    {
        ShadowLane[] lanes;
        lock (_lock) lanes = [.. _lanes.Values];
        foreach (var lane in lanes) await lane.DisposeAsync();
    }
}
