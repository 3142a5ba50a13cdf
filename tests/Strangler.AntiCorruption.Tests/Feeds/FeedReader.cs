using Strangler.Tests.Servers;

namespace Strangler.AntiCorruption.Tests;

/// <summary>Reads a feed in the background and keeps what came.</summary>
public sealed class FeedReader : IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly List<SourceTransaction> parts = [];
    private readonly CancellationTokenSource stop = new();
    private readonly IChangeFeed feed;
    private readonly Task reading;

    public FeedReader(IChangeFeed feed, ulong after)
    {
        this.feed = feed;
        reading = ReadAsync(after);
    }

    public IReadOnlyList<SourceTransaction> Parts
    {
        get
        {
            lock (gate) return [.. parts];
        }
    }

    /// <summary>What legacy changed.</summary>
    public IReadOnlyList<RowChange> Changes => [.. Parts.Where(static part => part.Chunk is null).SelectMany(static part => part.Changes)];

    /// <summary>Backfills the table and gives its chunks as they came out.</summary>
    public async Task<IReadOnlyList<SourceTransaction>> BackfillAsync(CapturedTable table, string? after = null, int rows = 2_000)
    {
        var extent = await feed.MeasureAsync(table, BackfillFilter.All, CancellationToken.None);
        var request = new BackfillRequest(table, 1, rows) { After = after, UpTo = extent.LastKey };
        var chunks = new List<SourceTransaction>();
        while (true)
        {
            chunks.Add(await ChunkAsync(request));
            if (chunks[^1].Chunk!.IsLast) return chunks;
            request = request with { After = chunks[^1].Chunk!.LastKey };
        }
    }

    /// <summary>Asks for one chunk and gives it as it came out.</summary>
    public async Task<SourceTransaction> ChunkAsync(BackfillRequest request)
    {
        var chunk = await feed.BackfillAsync(request, stop.Token).WaitAsync(TimeSpan.FromSeconds(20));
        await Wait.UntilAsync(() => Parts.Any(part => ReferenceEquals(part.Chunk, chunk)), "the chunk came out");
        return Parts.Single(part => ReferenceEquals(part.Chunk, chunk));
    }

    /// <summary>Waits for so many changes, and that the transaction of the last one has ended.</summary>
    public async Task<IReadOnlyList<RowChange>> UntilAsync(int changes)
    {
        await Wait.UntilAsync(() => reading.IsCompleted || (Changes.Count >= changes && Parts[^1].EndsTransaction), $"{changes} changes came; there are {Changes.Count}");
        if (reading.IsCompleted) await reading;
        return Changes;
    }

    /// <summary>Ends the reading and raises what it ended with, if not the cancellation.</summary>
    public async Task StopAsync()
    {
        await stop.CancelAsync();
        try
        {
            await reading.WaitAsync(TimeSpan.FromSeconds(20));
        }
        catch (OperationCanceledException)
        {
        }
    }

    /// <summary>What the reading fails with.</summary>
    public async Task<Exception?> FailureAsync() => await Record.ExceptionAsync(() => reading.WaitAsync(TimeSpan.FromSeconds(20)));

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    private async Task ReadAsync(ulong after)
    {
        await foreach (var part in feed.ReadAsync(after, stop.Token))
        {
            lock (gate) parts.Add(part);
        }
    }
}
