namespace Strangler.Facade;

/// <summary>A budget that refills evenly. Thread-safe.</summary>
/// <param name="capacity">What may be spent at once after a pause.</param>
/// <param name="perSecond">How fast it refills.</param>
/// <param name="clock">Measures the time.</param>
internal sealed class TokenBucket(double capacity, double perSecond, TimeProvider clock)
{
    private readonly Lock _lock = new();
    private readonly double _capacity = capacity;
    private readonly TimeProvider _clock = clock;
    private double _left = capacity;
    private long _at = clock.GetTimestamp();

    /// <summary>Takes one, when there is one.</summary>
    public bool TryTake()
    {
        lock (_lock)
        {
            Refill();
            if (_left < 1) return false;
            _left--;
            return true;
        }
    }

    /// <summary>Whether anything is left.</summary>
    public bool Any()
    {
        lock (_lock)
        {
            Refill();
            return _left > 0;
        }
    }

    /// <summary>Spends what is known only afterwards; the budget may fall below zero and then refills from there.</summary>
    public void Spend(long amount)
    {
        lock (_lock) _left -= amount;
    }

    private void Refill()
    {
        var now = _clock.GetTimestamp();
        _left = Math.Min(_capacity, _left + (_clock.GetElapsedTime(_at, now).TotalSeconds * perSecond));
        _at = now;
    }
}
