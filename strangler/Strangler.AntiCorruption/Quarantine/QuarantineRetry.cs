using Microsoft.Extensions.Options;
using Strangler.Messaging;

namespace Strangler.AntiCorruption;

/// <summary>
/// Translates changes that wait again and publishes what comes of it, at the change's original version: where a newer state of the row was
/// published meanwhile, the consumers' version guard drops this one. Past a parked change nothing newer went; so those are left to the pump, which lets go what waits
/// behind them before anything newer comes.
/// </summary>
internal sealed class QuarantineRetry(
    QuarantineStore quarantine, WaitingChanges waiting, AclStore store, TranslatorSet translators, ShapeGate gate, IMedium medium, IOptions<AntiCorruptionOptions> options, TimeProvider clock)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Retries the named changes, or every one that waits for itself, in the order of their versions; of parked ones always all.</summary>
    /// <param name="ids">The changes; null for all.</param>
    /// <param name="cancellation">Stops between two changes.</param>
    /// <exception cref="PublishFailedException">The medium failed; what was settled before stays settled.</exception>
    /// <exception cref="NotTriedException">The pump does not run just now; parked changes wait as before.</exception>
    public async Task<RetryReport> RetryAsync(IReadOnlyCollection<string>? ids, CancellationToken cancellation)
    {
        var wanted = ids is null ? await quarantine.OpenIdsAsync(cancellation) : [.. ids.Distinct().Order(StringComparer.Ordinal)];
        var report = new RetryReport();
        var parked = new List<string>();
        if (await store.CheckpointAsync(cancellation) is not { } checkpoint)
        {
            // Before the first checkpoint nothing was refused yet.
            foreach (var id in wanted) report.Add(Unknown(id));
        }
        else if (wanted.Count > 0)
        {
            var builder = new MessageBuilder(options.Value.Source, checkpoint.SourceId, options.Value.MaxMessageBytes);
            await using var publisher = await medium.OpenPublisherAsync(cancellation).WaitAsync(options.Value.ConfirmTimeout, cancellation);
            foreach (var id in wanted)
            {
                var row = await quarantine.FindAsync(id, cancellation);
                if (row is { State: "parked", Behind: null }) parked.Add(id);
                else report.Add(row is null ? Unknown(id) : await RetryAsync(row, builder, publisher, cancellation));
            }
        }

        if (parked.Count > 0) report.Add(await RetryParkedAsync(parked, cancellation));
        return report;
    }

    private static RetryResult Unknown(string id) => new(id, RetryOutcome.Unknown, "No such change waits.");

    private async Task<RetryReport> RetryParkedAsync(List<string> ids, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            return await waiting.RetryAsync(ids, either.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new NotTriedException($"The layer did not come to try {ids.Count} parked changes within {Patience.TotalSeconds:0} s; GET /lag says why.");
        }
    }

    private async Task<RetryResult> RetryAsync(QuarantineRow row, MessageBuilder builder, IMessagePublisher publisher, CancellationToken cancellation)
    {
        if (row.Behind is { } first) return RetryResult.Of(row.Id, ChangeTranslation.Waits(first));
        if (row.State != "open") return new(row.Id, RetryOutcome.Superseded, "A later change of the row was published; it says all there is to say.");
        if (row.Rule == WaitingChanges.ShapeRule && gate.HeldBecause(row.Table) is { } held) return new(row.Id, RetryOutcome.Refused, $"{row.Rule}: {held}");

        var translation = ChangeTranslation.OfWaiting(translators, row, builder);
        if (translation.Outcome != TallyKey.Quarantined)
        {
            if (translation.Messages.Count > 0) await PublishDeadline.SafeInTimeAsync(publisher, translation.Messages, options.Value.ConfirmTimeout, cancellation);
            await quarantine.ResolveAsync(row, translation, cancellation);
        }

        return RetryResult.Of(row.Id, translation);
    }
}

/// <summary>Nothing was tried, and nothing is lost by that.</summary>
internal sealed class NotTriedException(string message) : Exception(message);
