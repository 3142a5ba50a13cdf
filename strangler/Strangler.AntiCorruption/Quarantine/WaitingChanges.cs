using Microsoft.Extensions.Logging;
using Strangler.Messaging;

namespace Strangler.AntiCorruption;

/// <summary>
/// Lets changes that waited go on, in their order and before anything later of their rows: called at the beginning of a run, when nothing streams yet. Those of a table that was held for
/// its shape, as soon as the table flows again; those of parked rows at the first run of a process, which may have brought a corrected translator, and when somebody asks. Each
/// goes the way of a change that comes now, so one that its translator refuses, or throws at, waits for that.
/// </summary>
internal sealed partial class WaitingChanges(
    QuarantineStore quarantine, AclStore store, TranslatorSet translators, ShapeGate gate, AntiCorruptionOptions options, ILogger<WaitingChanges> logger)
{
    /// <summary>Rule under which the changes of a held table wait.</summary>
    public const string ShapeRule = "shape-changed";

    private const int Together = 500;

    private readonly Lock asking = new();
    private readonly List<Retry> asked = [];
    private bool isFirst = true;

    /// <summary>Tables of which changes wait for a shape.</summary>
    public async Task<IReadOnlySet<string>> HeldTablesAsync(CancellationToken cancellation) => (await quarantine.HeldTablesAsync(ShapeRule, cancellation)).ToHashSet();

    /// <summary>Lets another run begin, which tries every parked row again, and waits until it has. For everybody.</summary>
    /// <param name="ids">Changes of which the outcome is wanted.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    public async Task<RetryReport> RetryAsync(IEnumerable<string> ids, CancellationToken cancellation)
    {
        var retry = new Retry([.. ids]);
        lock (asking) asked.Add(retry);
        try
        {
            await gate.LookAgainAsync(cancellation);
            return await retry.Done.Task.WaitAsync(cancellation);
        }
        finally
        {
            lock (asking) asked.Remove(retry);
        }
    }

    /// <summary>Lets go what may go, each message confirmed before its change is taken out.</summary>
    /// <param name="waiting">Learns which rows are parked still.</param>
    /// <param name="builder">Translates.</param>
    /// <param name="messages">Makes envelopes of what is only tried.</param>
    /// <param name="publisher">Publishes.</param>
    /// <param name="checkpoint">Stays where it is.</param>
    /// <param name="cancellation">Gives up; the rest waits for the next run.</param>
    public async Task ReleaseAsync(WaitingRows waiting, BatchBuilder builder, MessageBuilder messages, IMessagePublisher publisher, SourceCheckpoint checkpoint, CancellationToken cancellation)
    {
        Retry[] retries;
        lock (asking) retries = [.. asked];
        var report = new RetryReport();
        var wanted = retries.SelectMany(static retry => retry.Ids).ToHashSet();
        var (released, triesParked) = (0, isFirst || retries.Length > 0);
        // A queue may be long. It is read when something of it can go.
        if (triesParked && !await AnyGoesAsync(messages, wanted, report, cancellation)) triesParked = false;
        else report = new();
        if (!triesParked) await foreach (var row in quarantine.ParkedAsync(cancellation)) waiting.Park(row.Place, row.First);

        string[] flowing = [.. translators.Tables.Select(static table => table.Name).Where(table => gate.HeldBecause(table) is null)];
        for (QuarantineRow? last = null; await quarantine.WaitingAsync(flowing, triesParked, last, Together, cancellation) is { Count: > 0 } rows; last = rows[^1])
        {
            foreach (var row in rows) report.Add(row.Id, builder.Release(row), wanted);
            released += await SaveAsync(builder.Take(), publisher, checkpoint, cancellation);
        }

        isFirst = false;
        if (released > 0) LogReleased(released);
        foreach (var retry in retries) retry.Done.TrySetResult(report);
    }

    private async Task<bool> AnyGoesAsync(MessageBuilder messages, HashSet<string> wanted, RetryReport report, CancellationToken cancellation)
    {
        for (QuarantineRow? last = null; await quarantine.FirstParkedAsync(last, Together, cancellation) is { Count: > 0 } rows; last = rows[^1])
        {
            foreach (var row in rows)
            {
                var translation = ChangeTranslation.OfWaiting(translators, row, messages);
                if (!translation.Parks) return true;
                report.Add(row.Id, translation, wanted);
            }
        }

        return false;
    }

    private async Task<int> SaveAsync(Batch batch, IMessagePublisher publisher, SourceCheckpoint checkpoint, CancellationToken cancellation)
    {
        foreach (var part in batch.Messages.Chunk(options.BatchMessages)) await PublishDeadline.SafeInTimeAsync(publisher, part, options.ConfirmTimeout, cancellation);
        if (!batch.Progress.IsEmpty) await store.SaveAsync(batch.Progress, checkpoint, cancellation);
        return batch.Progress.Settled.Count - batch.Progress.Quarantined.Count;
    }

    private sealed record Retry(IReadOnlyList<string> Ids)
    {
        public TaskCompletionSource<RetryReport> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "{Changes} changes that waited in the quarantine were translated before anything later of their rows")]
    private partial void LogReleased(int changes);
}
