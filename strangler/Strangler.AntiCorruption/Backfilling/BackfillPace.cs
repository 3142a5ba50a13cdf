namespace Strangler.AntiCorruption;

/// <summary>
/// How many rows to ask for and how long to leave the stream to the changes in between. A chunk is to take a given time from the asking to the
/// last confirm: a change that comes meanwhile waits at most so long behind it. Not thread-safe.
/// </summary>
/// <param name="options">Time and most rows of a chunk.</param>
internal sealed class BackfillPace(AntiCorruptionOptions options)
{
    private const int FirstRows = 250;

    /// <summary>So many times the time of a chunk is left to the changes while they wait; then the backfill takes its share, a tenth.</summary>
    private const int MostPauses = 9;

    private int pauses;

    /// <summary>Rows to ask for.</summary>
    public int Rows { get; private set; } = Math.Min(FirstRows, options.BackfillChunkRows);

    /// <summary>A chunk of so many rows took so long.</summary>
    public void Took(int rows, TimeSpan time)
    {
        pauses = 0;
        if (rows < Rows) return;
        var factor = Math.Clamp(options.BackfillChunkTime / time, 0.5, 2);
        Rows = (int)Math.Clamp(Rows * factor, 1, options.BackfillChunkRows);
    }

    /// <summary>The source refused a chunk: smaller ones may do.</summary>
    public void Refused() => Rows = Math.Max(1, Rows / 4);

    /// <summary>How long to wait before the next chunk; ask again after it.</summary>
    /// <param name="changed">Whether changes came since the last chunk began.</param>
    /// <param name="waiting">Whether changes wait to be published.</param>
    public TimeSpan Pause(bool changed, bool waiting)
    {
        if (pauses >= MostPauses || !(waiting || (changed && pauses == 0))) return TimeSpan.Zero;
        pauses++;
        return options.BackfillChunkTime;
    }
}
