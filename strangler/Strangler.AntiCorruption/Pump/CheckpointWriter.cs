namespace Strangler.AntiCorruption;

/// <summary>
/// Gathers what is confirmed and stores it now and then, then tells the feed. The only caller of <see cref="IChangeFeed.Acknowledge"/>:
/// the source never hears of a position that is not in the store. Not thread-safe.
/// </summary>
/// <param name="store">Where it is stored.</param>
/// <param name="feed">Who is told.</param>
/// <param name="backfills">Who is told of chunks.</param>
/// <param name="stored">What is stored already.</param>
/// <param name="options">How often.</param>
/// <param name="clock">For the interval.</param>
internal sealed class CheckpointWriter(AclStore store, IChangeFeed feed, Backfills backfills, SourceCheckpoint stored, AntiCorruptionOptions options, TimeProvider clock)
{
    private SafeProgress confirmed = new();
    private long lastSave = clock.GetTimestamp();

    public SourceCheckpoint Stored { get; private set; } = stored;

    public bool HasUnsaved => !confirmed.IsEmpty;

    public TimeSpan UntilDue
    {
        get
        {
            // A backfill goes on when its chunk is stored.
            if (confirmed.Chunks.Count > 0 || confirmed.Transactions >= options.CheckpointTransactions) return TimeSpan.Zero;
            var left = options.CheckpointInterval - clock.GetElapsedTime(lastSave);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>Called before the messages of the progress go out, by who sends them: rows of a chunk are put down first. A change of a row needs none of it: it is read again.</summary>
    public Task TellingAsync(SafeProgress progress, CancellationToken cancellation) =>
        progress.Chunks.Count == 0 ? Task.CompletedTask : store.PutDownAsync(progress, cancellation);

    /// <summary>Takes progress whose every message, and every message before it, is confirmed.</summary>
    /// <exception cref="InvalidOperationException">It lies before what is stored: the feed broke its order, and going on would lose changes.</exception>
    public void Confirmed(SafeProgress progress)
    {
        if (progress.Position <= (confirmed.Position ?? Stored.Position))
        {
            throw new InvalidOperationException($"The feed went back from {confirmed.Position ?? Stored.Position} to {progress.Position}.");
        }

        confirmed.Add(progress);
    }

    public async Task SaveAsync(CancellationToken cancellation)
    {
        if (!HasUnsaved) return;
        await store.SaveAsync(confirmed, Stored, cancellation);
        lastSave = clock.GetTimestamp();
        if (confirmed.Position is { } position)
        {
            Stored = Stored with { Position = position };
            feed.Acknowledge(position);
        }

        foreach (var chunk in confirmed.Chunks) backfills.Saved(chunk);
        foreach (var (table, generation) in confirmed.Truncated) await backfills.BegunAsync(table, generation);
        confirmed = new();
    }
}
