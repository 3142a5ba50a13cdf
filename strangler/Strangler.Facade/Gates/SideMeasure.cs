namespace Strangler.Facade;

/// <summary>What one side answered since counting began. Thread-safe.</summary>
internal sealed class SideMeasure
{
    private readonly LatencyHistogram latency = new();
    private long requests;
    private long errors;

    /// <summary>Counts a request.</summary>
    /// <param name="error">Whether the user would have seen a failure: 5xx, or no answer.</param>
    /// <param name="latency">How long the answer took to begin; null when it never did, and for errors, which are quick or slow for reasons of their own.</param>
    public void Add(bool error, TimeSpan? latency)
    {
        Interlocked.Increment(ref requests);
        if (error) Interlocked.Increment(ref errors);
        if (latency is { } measured) this.latency.Add(measured);
    }

    public long Requests => Interlocked.Read(ref requests);

    public SideCounts Read()
    {
        // In this order there are never more errors than requests.
        var errors = Interlocked.Read(ref this.errors);
        return new SideCounts(Requests, errors, latency.Counts());
    }

    public void Restore(SideCounts counts)
    {
        (requests, errors) = (Math.Max(0, counts.Requests), Math.Clamp(counts.Errors, 0, Math.Max(0, counts.Requests)));
        latency.Restore(counts.Latency);
    }
}

/// <summary>The counts of one side.</summary>
internal sealed record SideCounts(long Requests, long Errors, IReadOnlyList<long> Latency)
{
    /// <summary>The share of errors in percent; zero without requests.</summary>
    public decimal ErrorPercent => Requests == 0 ? 0 : Math.Round(100m * Errors / Requests, 3);

    /// <summary>The 95th percentile of the time to the beginning of an answer, in milliseconds.</summary>
    public decimal Slow => Math.Round((decimal)LatencyHistogram.Percentile(Latency, 0.95).TotalMilliseconds, 1);

    public static SideCounts operator +(SideCounts one, SideCounts other) =>
        new(one.Requests + other.Requests, one.Errors + other.Errors, [.. one.Latency.Zip(other.Latency, (left, right) => left + right)]);
}

/// <summary>Both sides of a route.</summary>
/// <param name="Service">The service.</param>
/// <param name="Legacy">Legacy over the same time; where it answers nobody any more, as it was when it last did beside the service; null when it never did.</param>
internal sealed record SidesMeasured(SideCounts Service, SideCounts? Legacy);
