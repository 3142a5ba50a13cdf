using Strangler.Tests.Servers;

namespace Strangler.AntiCorruption.Tests;

/// <summary>Reads a feed in the background and keeps what came.</summary>
public sealed class FeedReader : IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly List<SourceTransaction> parts = [];
    private readonly CancellationTokenSource stop = new();
    private readonly Task reading;

    public FeedReader(IChangeFeed feed, ulong after) => reading = ReadAsync(feed, after);

    public IReadOnlyList<SourceTransaction> Parts
    {
        get
        {
            lock (gate) return [.. parts];
        }
    }

    public IReadOnlyList<RowChange> Changes => [.. Parts.SelectMany(static part => part.Changes)];

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

    private async Task ReadAsync(IChangeFeed feed, ulong after)
    {
        await foreach (var part in feed.ReadAsync(after, stop.Token))
        {
            lock (gate) parts.Add(part);
        }
    }
}
