using Microsoft.Extensions.Options;
using Strangler.Messaging;

namespace Strangler.AntiCorruption;

/// <summary>
/// Translates refused changes again and publishes what comes of it, at the change's original version: where a newer state of the row was
/// published meanwhile, the consumers' version guard drops this one.
/// </summary>
internal sealed class QuarantineRetry(
    QuarantineStore quarantine, AclStore store, TranslatorSet translators, IMedium medium, IOptions<AntiCorruptionOptions> options)
{
    /// <summary>Retries the named changes, or every open one, in the order of their versions.</summary>
    /// <param name="ids">The changes; null for every open one.</param>
    /// <param name="cancellation">Stops between two changes.</param>
    /// <exception cref="PublishFailedException">The medium failed; what was settled before stays settled.</exception>
    public async Task<IReadOnlyList<RetryResult>> RetryAsync(IReadOnlyCollection<string>? ids, CancellationToken cancellation)
    {
        var wanted = ids is null ? await quarantine.OpenIdsAsync(cancellation) : [.. ids.Distinct().Order(StringComparer.Ordinal)];
        // Before the first checkpoint nothing was refused yet.
        if (await store.CheckpointAsync(cancellation) is not { } checkpoint) return [.. wanted.Select(Unknown)];
        if (wanted.Count == 0) return [];

        var builder = new MessageBuilder(options.Value.Source, checkpoint.SourceId, options.Value.MaxMessageBytes);
        await using var publisher = await medium.OpenPublisherAsync(cancellation).WaitAsync(options.Value.ConfirmTimeout, cancellation);
        var results = new List<RetryResult>();
        foreach (var id in wanted) results.Add(await RetryAsync(id, builder, publisher, cancellation));
        return results;
    }

    private static RetryResult Unknown(string id) => new(id, RetryOutcome.Unknown, "No such change waits.");

    private async Task<RetryResult> RetryAsync(string id, MessageBuilder builder, IMessagePublisher publisher, CancellationToken cancellation)
    {
        if (await quarantine.FindAsync(id, cancellation) is not { } row) return Unknown(id);
        if (row.State != "open") return new(id, RetryOutcome.Superseded, "A later change of the row was published; it says all there is to say.");
        if (translators.All.FirstOrDefault(translator => translator.Name == row.Translator) is not { } translator)
        {
            return new(id, RetryOutcome.Refused, $"There is no translator '{row.Translator}' any more.");
        }

        var translation = ChangeTranslation.OfWaiting(translator, row, builder);
        if (translation.Outcome == TallyKey.Quarantined) return new(id, RetryOutcome.Refused, $"{translation.Code}: {translation.Reason}");
        if (translation.Messages.Count > 0)
        {
            var deadline = options.Value.ConfirmTimeout;
            var safe = await PublishDeadline.InTimeAsync(publisher.PublishAsync(translation.Messages, cancellation), deadline, cancellation);
            await PublishDeadline.InTimeAsync(safe, deadline, cancellation);
        }

        await quarantine.ResolveAsync(row, translation, cancellation);
        return translation.Outcome == TallyKey.Published
            ? new(id, RetryOutcome.Published, $"{translation.Messages.Count} message(s)")
            : new(id, RetryOutcome.Skipped, translation.Code);
    }
}

/// <summary>What became of a retried change.</summary>
internal enum RetryOutcome
{
    Published,
    Skipped,
    Refused,
    Superseded,
    Unknown,
}

/// <param name="Id">The change.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Detail">Why, without values of the row.</param>
internal sealed record RetryResult(string Id, RetryOutcome Outcome, string Detail);
