namespace Strangler.Facade;

/// <summary>Takes an exact percentage, spread evenly: of any hundred in a row, so many. Thread-safe.</summary>
internal sealed class EvenShare
{
    private long _count;

    public bool Takes(double percent)
    {
        var n = Interlocked.Increment(ref _count);
        return Math.Floor(n * percent / 100) > Math.Floor((n - 1) * percent / 100);
    }
}
