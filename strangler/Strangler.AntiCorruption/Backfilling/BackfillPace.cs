namespace Strangler.AntiCorruption;

/// <summary>
/// How many rows to ask for and how long to leave the stream to the changes in between. A change that comes meanwhile waits behind the rows of a
/// chunk at most a given time: what counts is how long they kept the stream to themselves, from their translation until the last was sent. What every chunk takes besides (reading,
/// a marker, a confirm, a commit) holds nobody up, and fewer rows would not shorten it. Not thread-safe.
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

    /// <summary>A chunk of so many rows kept the stream to itself for so long.</summary>
    public void Took(int read, TimeSpan time)
    {
        pauses = 0;
        if (read < Rows) return;
        var factor = options.BackfillChunkTime / (time > TimeSpan.Zero ? time : TimeSpan.FromTicks(1));
        Rows = (int)Math.Clamp(Math.Ceiling(Rows * Math.Clamp(factor, 0.5, 2)), 1, options.BackfillChunkRows);
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
