namespace Strangler.AntiCorruption;

/// <summary>How busy the stream is with what legacy changes, and how long a backfill keeps them waiting, so that it gives way. Thread-safe.</summary>
/// <param name="clock">Measures it.</param>
internal sealed class LiveLoad(TimeProvider clock)
{
    private long arrived;
    private long taken;
    private long mark;
    private long heldSince;
    private long held;

    /// <summary>True when changes came since <see cref="Begin"/>.</summary>
    public bool HasChanged => Interlocked.Read(ref arrived) != Interlocked.Read(ref mark);

    /// <summary>True when changes have been read that are not being published yet.</summary>
    public bool IsWaiting => Interlocked.Read(ref arrived) > Interlocked.Read(ref taken);

    /// <summary>How long the last chunk that was published kept the stream to itself.</summary>
    public TimeSpan Held => TimeSpan.FromTicks(Interlocked.Read(ref held));

    public void Begin() => Interlocked.Exchange(ref mark, Interlocked.Read(ref arrived));

    /// <summary>The feed gave a part of a transaction.</summary>
    public void Arrived(SourceTransaction part)
    {
        if (IsLive(part)) Interlocked.Increment(ref arrived);
    }

    /// <summary>It is being translated and published, by the one who calls <see cref="Sent"/>.</summary>
    public void Taken(SourceTransaction part)
    {
        if (IsLive(part)) Interlocked.Increment(ref taken);
        if (part.Chunk is not null) heldSince = clock.GetTimestamp();
    }

    /// <summary>All that was taken is with the medium.</summary>
    public void Sent()
    {
        if (heldSince == 0) return;
        Interlocked.Exchange(ref held, clock.GetElapsedTime(heldSince).Ticks);
        heldSince = 0;
    }

    private static bool IsLive(SourceTransaction part) => part.Chunk is null && part.Changes.Count > 0;
}
