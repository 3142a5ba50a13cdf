namespace Strangler.AntiCorruption;

/// <summary>
/// How many rows to ask for and how long to leave the stream to the changes in between. A change that comes meanwhile waits behind the rows of a
/// chunk at most a given time. The time of a chunk is one part for each row, and one part that is always the same (a round trip to the source, a confirm, a
/// commit), which holds nobody up: fewer rows would not shorten it. So the two are told apart, by least squares over the last chunks. Not thread-safe.
/// </summary>
/// <param name="options">Time and most rows of a chunk.</param>
internal sealed class BackfillPace(AntiCorruptionOptions options)
{
    private const int FirstRows = 250;

    /// <summary>So many times the time of a chunk is left to the changes while they wait; then the backfill takes its share, a tenth.</summary>
    private const int MostPauses = 9;

    /// <summary>What a chunk weighs beside the one after it.</summary>
    private const double Memory = 0.8;

    private int pauses;

    // Weighted sums over chunks: of one, rows, seconds, rows², rows·seconds.
    private double chunks, rows, seconds, rowsSquared, rowsSeconds;

    /// <summary>Rows to ask for.</summary>
    public int Rows { get; private set; } = Math.Min(FirstRows, options.BackfillChunkRows);

    /// <summary>A chunk of so many rows took so long from the asking to the last confirm.</summary>
    public void Took(int read, TimeSpan time)
    {
        pauses = 0;
        if (read < Rows) return;
        Remember(read, time.TotalSeconds);
        var factor = SecondsOfRow() is var each and > 0 ? options.BackfillChunkTime.TotalSeconds / each / Rows : 2;
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

    private void Remember(int read, double took)
    {
        chunks = (chunks * Memory) + 1;
        rows = (rows * Memory) + read;
        seconds = (seconds * Memory) + took;
        rowsSquared = (rowsSquared * Memory) + ((double)read * read);
        rowsSeconds = (rowsSeconds * Memory) + (read * took);
    }

    /// <summary>What one row more adds. While all chunks had about as many rows nothing can be told apart: then the whole time counts.</summary>
    private double SecondsOfRow()
    {
        var spread = (chunks * rowsSquared) - (rows * rows);
        return spread > 0.0001 * rows * rows ? ((chunks * rowsSeconds) - (rows * seconds)) / spread : seconds / rows;
    }
}
