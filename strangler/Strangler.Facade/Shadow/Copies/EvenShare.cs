namespace Strangler.Facade;

/// <summary>Takes an exact percentage, spread evenly: of any hundred in a row, so many. Thread-safe.</summary>
/// <param name="first">So many are taken in any case, to begin with.</param>
internal sealed class EvenShare(long first = 0)
{
    private long count;

    public bool Takes(double percent)
    {
        var n = Interlocked.Increment(ref count);
        return n <= first || Math.Floor(n * percent / 100) > Math.Floor((n - 1) * percent / 100);
    }
}
