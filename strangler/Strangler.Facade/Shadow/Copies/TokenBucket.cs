namespace Strangler.Facade;

/// <summary>A budget that refills evenly. Thread-safe.</summary>
/// <param name="capacity">What may be spent at once after a pause.</param>
/// <param name="perSecond">How fast it refills.</param>
/// <param name="clock">Measures the time.</param>
internal sealed class TokenBucket(double capacity, double perSecond, TimeProvider clock)
{
    private readonly Lock sync = new();
    private readonly double capacity = capacity;
    private readonly TimeProvider clock = clock;
    private double left = capacity;
    private long at = clock.GetTimestamp();

    /// <summary>Takes one, when there is one.</summary>
    public bool TryTake()
    {
        lock (sync)
        {
            Refill();
            if (left < 1) return false;
            left--;
            return true;
        }
    }

    /// <summary>Whether anything is left.</summary>
    public bool Any()
    {
        lock (sync)
        {
            Refill();
            return left > 0;
        }
    }

    /// <summary>Spends what is known only afterwards; the budget may fall below zero and then refills from there.</summary>
    public void Spend(long amount)
    {
        lock (sync) left -= amount;
    }

    private void Refill()
    {
        var now = clock.GetTimestamp();
        left = Math.Min(capacity, left + (clock.GetElapsedTime(at, now).TotalSeconds * perSecond));
        at = now;
    }
}
