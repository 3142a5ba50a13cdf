using System.Collections.Concurrent;
using Dapper;
using Strangler.Messaging;

namespace Strangler.AntiCorruption.Tests;

/// <summary>Watches every acknowledgement: is the position stored, and was everything up to it confirmed before?</summary>
public sealed class WitnessFeed(IChangeFeed inner, string store, FaultyMedium medium) : IChangeFeed
{
    private readonly ConcurrentDictionary<ulong, ulong> lastVersion = new();

    public ConcurrentQueue<string> Violations { get; } = new();

    public int Acknowledged { get; private set; }

    /// <summary>How many chunks of backfills were asked for.</summary>
    public int Chunks { get; private set; }

    public DateTimeOffset? LastContact => inner.LastContact;

    public void Acknowledge(ulong position)
    {
        using var database = StoreDataSource.Create(store);
        using var connection = database.OpenConnection();
        var stored = (ulong)connection.ExecuteScalar<long>("select position from acl_checkpoint");
        if (position > stored) Violations.Enqueue($"acknowledged {position}, stored {stored}");
        if (!lastVersion.TryGetValue(position, out var version)) Violations.Enqueue($"{position} is not the end of a transaction");
        else if (version > medium.ConfirmedPosition) Violations.Enqueue($"acknowledged {position}, confirmed {medium.ConfirmedPosition}");
        Acknowledged++;
        inner.Acknowledge(position);
    }

    public async IAsyncEnumerable<SourceTransaction> ReadAsync(ulong after, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var part in inner.ReadAsync(after, cancellation))
        {
            if (part.EndsTransaction) lastVersion[part.Position] = part.Changes.Count > 0 ? part.Changes[^1].Version.Position : 0;
            yield return part;
        }
    }

    public Task<SourceIdentity> PrepareAsync(IReadOnlyList<CapturedTable> tables, SourceCheckpoint? stored, GapPolicy onGap, CancellationToken cancellation) =>
        inner.PrepareAsync(tables, stored, onGap, cancellation);

    public Task<BackfillExtent> MeasureAsync(CapturedTable table, BackfillFilter filter, CancellationToken cancellation) =>
        inner.MeasureAsync(table, filter, cancellation);

    public Task<BackfillChunk> BackfillAsync(BackfillRequest request, CancellationToken cancellation)
    {
        Chunks++;
        return inner.BackfillAsync(request, cancellation);
    }

    public Task<IReadOnlyList<SourceFinding>> ExamineAsync(IReadOnlyList<CapturedTable> tables, SourceCheckpoint? stored, CancellationToken cancellation) =>
        inner.ExamineAsync(tables, stored, cancellation);

    public Task<SourceHead> HeadAsync(CancellationToken cancellation) => inner.HeadAsync(cancellation);

    public Task RemoveAsync(CancellationToken cancellation) => inner.RemoveAsync(cancellation);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
