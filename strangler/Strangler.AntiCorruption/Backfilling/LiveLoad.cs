namespace Strangler.AntiCorruption;

/// <summary>How busy the stream is with what legacy changes, so that a backfill gives way. Thread-safe.</summary>
internal sealed class LiveLoad
{
    private long arrived;
    private long taken;
    private long mark;

    /// <summary>True when changes came since <see cref="Begin"/>.</summary>
    public bool HasChanged => Interlocked.Read(ref arrived) != Interlocked.Read(ref mark);

    /// <summary>True when changes have been read that are not being published yet.</summary>
    public bool IsWaiting => Interlocked.Read(ref arrived) > Interlocked.Read(ref taken);

    public void Begin() => Interlocked.Exchange(ref mark, Interlocked.Read(ref arrived));

    /// <summary>The feed gave a part of a transaction.</summary>
    public void Arrived(SourceTransaction part)
    {
        if (IsLive(part)) Interlocked.Increment(ref arrived);
    }

    /// <summary>It is being translated and published.</summary>
    public void Taken(SourceTransaction part)
    {
        if (IsLive(part)) Interlocked.Increment(ref taken);
    }

    private static bool IsLive(SourceTransaction part) => part.Chunk is null && part.Changes.Count > 0;
}
