namespace Strangler.Facade;

/// <summary>Counts durations in 192 steps of 10 % each, from 0.1 ms to about two hours: a percentile is right to 10 %, in constant memory. Thread-safe.</summary>
internal sealed class LatencyHistogram
{
    private const int Steps = 192;
    private const double First = 0.1;
    private static readonly double Step = Math.Log(1.1);
    private readonly long[] counts = new long[Steps];

    public void Add(TimeSpan duration)
    {
        var step = duration.TotalMilliseconds <= First ? 0 : (int)(Math.Log(duration.TotalMilliseconds / First) / Step);
        Interlocked.Increment(ref counts[Math.Clamp(step, 0, Steps - 1)]);
    }

    /// <summary>The counts, for keeping them over a restart.</summary>
    public long[] Counts() => [.. counts];

    /// <summary>Puts counts back.</summary>
    public void Restore(IReadOnlyList<long> counts)
    {
        for (var i = 0; i < Math.Min(Steps, counts.Count); i++) this.counts[i] = Math.Max(0, counts[i]);
    }

    /// <summary>How many of all took longer. What cannot be told, because the limit is within a step, counts as longer, as it does for <see cref="Percentile"/>.</summary>
    public static (long Above, long Total) Above(IReadOnlyList<long> counts, TimeSpan limit)
    {
        var (above, total) = (0L, 0L);
        for (var step = 0; step < counts.Count; step++)
        {
            total += counts[step];
            if (First * Math.Exp(Step * (step + 1)) > limit.TotalMilliseconds) above += counts[step];
        }

        return (above, total);
    }

    /// <summary>The duration that this share of all stay below; zero when nothing was counted.</summary>
    public static TimeSpan Percentile(IReadOnlyList<long> counts, double share)
    {
        var total = counts.Sum();
        if (total == 0) return TimeSpan.Zero;
        var below = 0L;
        var step = -1;
        while (below < share * total) below += counts[++step];
        return TimeSpan.FromMilliseconds(First * Math.Exp(Step * (step + 1)));
    }
}
