namespace Strangler.Facade;

/// <summary>Counts requests and failures in a sliding window, in ten slots: exact to a tenth of the window. Not thread-safe.</summary>
internal sealed class FailureWindow(TimeProvider clock)
{
    private const int Slots = 10;
    private readonly long began = clock.GetTimestamp();
    private readonly int[] total = new int[Slots];
    private readonly int[] failed = new int[Slots];
    private readonly long[] number = new long[Slots];

    public void Add(bool failed, TimeSpan window)
    {
        var number = Now(window);
        var slot = (int)(number % Slots);
        if (this.number[slot] != number) (this.number[slot], total[slot], this.failed[slot]) = (number, 0, 0);
        total[slot]++;
        if (failed) this.failed[slot]++;
    }

    public (int Total, int Failed) Count(TimeSpan window)
    {
        var number = Now(window);
        var (total, failed) = (0, 0);
        for (var slot = 0; slot < Slots; slot++)
        {
            if (this.number[slot] <= number - Slots || this.number[slot] > number) continue;
            total += this.total[slot];
            failed += this.failed[slot];
        }

        return (total, failed);
    }

    public void Clear()
    {
        Array.Clear(total);
        Array.Clear(failed);
        Array.Clear(number);
    }

    // From Slots on, so that a slot never used is never among the last ten.
    private long Now(TimeSpan window) => Slots + (clock.GetElapsedTime(began).Ticks / Math.Max(1, window.Ticks / Slots));
}
