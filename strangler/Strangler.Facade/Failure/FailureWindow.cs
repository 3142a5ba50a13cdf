namespace Strangler.Facade;

/// <summary>Counts requests and failures in a sliding window, in ten slots: exact to a tenth of the window. Not thread-safe.</summary>
internal sealed class FailureWindow(TimeProvider clock)
{
    private const int Slots = 10;
    private readonly long _began = clock.GetTimestamp();
    private readonly int[] _total = new int[Slots];
    private readonly int[] _failed = new int[Slots];
    private readonly long[] _number = new long[Slots];

    public void Add(bool failed, TimeSpan window)
    {
        var number = Now(window);
        var slot = (int)(number % Slots);
        if (_number[slot] != number) (_number[slot], _total[slot], _failed[slot]) = (number, 0, 0);
        _total[slot]++;
        if (failed) _failed[slot]++;
    }

    public (int Total, int Failed) Count(TimeSpan window)
    {
        var number = Now(window);
        var (total, failed) = (0, 0);
        for (var slot = 0; slot < Slots; slot++)
        {
            if (_number[slot] <= number - Slots || _number[slot] > number) continue;
            total += _total[slot];
            failed += _failed[slot];
        }

        return (total, failed);
    }

    public void Clear()
    {
        Array.Clear(_total);
        Array.Clear(_failed);
        Array.Clear(_number);
    }

    // From Slots on, so that a slot never used is never among the last ten.
    private long Now(TimeSpan window) => Slots + (clock.GetElapsedTime(_began).Ticks / Math.Max(1, window.Ticks / Slots));
}
