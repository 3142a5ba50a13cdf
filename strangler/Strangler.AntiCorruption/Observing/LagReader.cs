using Microsoft.Extensions.Logging;

namespace Strangler.AntiCorruption;

/// <summary>How far behind the source the confirmed messages are, what is being done about it, and what became of every change so far.</summary>
/// <param name="Source">Identity of the capture; null before the first preparation.</param>
/// <param name="Phase">What the pump is doing, for example <c>streaming</c>.</param>
/// <param name="Since">Since when.</param>
/// <param name="Problem">Why it is not, with the cure where there is one.</param>
/// <param name="Checkpoint">Position up to which everything is safe.</param>
/// <param name="Head">Newest position of the source; null while it does not answer.</param>
/// <param name="Behind">The difference; null while the source does not answer.</param>
/// <param name="Unit">What positions count: bytes or rows.</param>
/// <param name="SecondsBehind">Age of the newest safe commit; 0 when nothing is behind. A quiet PostgreSQL shows up to one heartbeat.</param>
/// <param name="Retained">What the source keeps for us, in the unit.</param>
/// <param name="UnconfirmedMessages">Messages on their way.</param>
/// <param name="Backfill">Each table's.</param>
/// <param name="Translators">What became of the changes that each was given.</param>
/// <param name="Quarantine">Changes that wait.</param>
/// <param name="Shapes">How the shape of each table stands.</param>
internal sealed record LagReport(
    string? Source, string Phase, DateTimeOffset Since, string? Problem, ulong? Checkpoint, ulong? Head, ulong? Behind, string? Unit, double? SecondsBehind,
    long? Retained, int UnconfirmedMessages, IReadOnlyList<BackfillReport> Backfill, IReadOnlyList<TranslatorReport> Translators, QuarantineReport Quarantine,
    IReadOnlyList<ShapeState> Shapes);

/// <param name="Name">The translator.</param>
/// <param name="In">Changes it was given.</param>
/// <param name="Published">Of these, published.</param>
/// <param name="Skipped">By reason.</param>
/// <param name="Quarantined">By rule.</param>
/// <param name="Balanced">True when in = published + skipped + quarantined; false means a bug in this library.</param>
internal sealed record TranslatorReport(
    string Name, long In, long Published, IReadOnlyDictionary<string, long> Skipped, IReadOnlyDictionary<string, long> Quarantined, bool Balanced);

/// <param name="Open">Changes that wait, for whatever reason.</param>
/// <param name="Superseded">Refused changes of rows of which a later one was published.</param>
/// <param name="ParkedKeys">Keys of rows at which a translator threw.</param>
/// <param name="Queued">Of the open ones, changes that wait behind those of a parked key.</param>
internal sealed record QuarantineReport(long Open, long Superseded, long ParkedKeys, long Queued);

/// <summary>Looks it up.</summary>
internal sealed partial class LagReader(
    PumpStatus status, AclStore store, BackfillStore backfills, QuarantineStore quarantine, TranslatorSet translators, ShapeGate gate, IChangeFeed feed, TimeProvider clock,
    ILogger<LagReader> logger)
{
    public async Task<LagReport> ReadAsync(CancellationToken cancellation)
    {
        await store.CreateAsync(cancellation);
        var state = status.Current;
        var checkpoint = await store.CheckpointAsync(cancellation);
        var head = await HeadAsync(cancellation);
        var behind = checkpoint is null || head is null ? (ulong?)null : head.Position > checkpoint.Position ? head.Position - checkpoint.Position : 0;
        var safeUntil = await store.SafeUntilAsync(cancellation);
        var counts = await store.CountsAsync(cancellation);
        var waiting = await quarantine.CountAsync(cancellation);
        return new(
            state.SourceId ?? checkpoint?.SourceId,
            state.Phase.ToString().ToLowerInvariant(),
            state.Since,
            state.Problem,
            checkpoint?.Position,
            head?.Position,
            behind,
            head?.Unit,
            behind == 0 ? 0 : safeUntil is { } until ? Math.Round(Math.Max(0, (clock.GetUtcNow() - until).TotalSeconds), 3) : null,
            head?.Retained,
            state.UnconfirmedMessages,
            [.. (await backfills.ReadAsync(cancellation)).Select(table => BackfillReport.Of(table, state.Backfill, gate.HeldBecause(table.Table)))],
            [.. translators.All.Select(translator => Translator(translator.Name, counts))],
            waiting,
            gate.States);
    }

    // A source that is down has no head; everything else is still worth telling.
    private async Task<SourceHead?> HeadAsync(CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(3));
        try
        {
            return await feed.HeadAsync(limit.Token).WaitAsync(limit.Token);
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
        {
            LogNoHead(failure);
            return null;
        }
    }

    private static TranslatorReport Translator(string name, IReadOnlyDictionary<TallyKey, long> counts)
    {
        var own = counts.Where(count => count.Key.Translator == name && count.Value != 0).ToList();
        var taken = Sum(TallyKey.In);
        return new(
            name, taken, Sum(TallyKey.Published), By(TallyKey.Skipped), By(TallyKey.Quarantined),
            taken == Sum(TallyKey.Published) + Sum(TallyKey.Skipped) + Sum(TallyKey.Quarantined));

        long Sum(string outcome) => own.Where(count => count.Key.Outcome == outcome).Sum(static count => count.Value);
        SortedDictionary<string, long> By(string outcome) =>
            new(own.Where(count => count.Key.Outcome == outcome).ToDictionary(static count => count.Key.Reason, static count => count.Value), StringComparer.Ordinal);
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Debug, Message = "The source does not tell its head")]
    private partial void LogNoHead(Exception cause);
}
