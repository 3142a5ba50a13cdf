using Microsoft.Extensions.Logging;
using Strangler.Messaging;

namespace Strangler.AntiCorruption;

/// <summary>
/// Translates the changes of a table that waited for its shape, in their order, before anything later of it: called when the table flows again and nothing of it is
/// streaming yet. A change that its translator refuses stays in the quarantine as any other that it refuses.
/// </summary>
internal sealed partial class HeldChanges(
    QuarantineStore quarantine, TranslatorSet translators, ShapeGate gate, AntiCorruptionOptions options, ILogger<HeldChanges> logger)
{
    /// <summary>Rule under which they wait.</summary>
    public const string Rule = "shape-changed";

    private const int Together = 500;

    /// <summary>Tables of which changes wait.</summary>
    public async Task<IReadOnlySet<string>> TablesAsync(CancellationToken cancellation) => (await quarantine.HeldTablesAsync(Rule, cancellation)).ToHashSet();

    public async Task ReleaseAsync(MessageBuilder builder, IMessagePublisher publisher, CancellationToken cancellation)
    {
        foreach (var table in translators.Tables.Where(table => gate.HeldBecause(table.Name) is null))
        {
            var released = 0;
            while (await quarantine.HeldAsync(table.Name, Rule, Together, cancellation) is { Count: > 0 } rows)
            {
                await ReleaseAsync(rows, builder, publisher, cancellation);
                released += rows.Count;
            }

            if (released > 0) LogReleased(table.Name, released);
        }
    }

    private async Task ReleaseAsync(IReadOnlyList<QuarantineRow> rows, MessageBuilder builder, IMessagePublisher publisher, CancellationToken cancellation)
    {
        var translated = rows.Select(row => (Row: row, Translation: Translate(row, builder))).ToList();
        var messages = translated.SelectMany(static one => one.Translation.Messages).ToList();
        foreach (var part in messages.Chunk(options.BatchMessages))
        {
            var safe = await PublishDeadline.InTimeAsync(publisher.PublishAsync(part, cancellation), options.ConfirmTimeout, cancellation);
            await PublishDeadline.InTimeAsync(safe, options.ConfirmTimeout, cancellation);
        }

        foreach (var (row, translation) in translated)
        {
            if (translation.Outcome == TallyKey.Quarantined) await quarantine.RefuseAsync(row, translation, cancellation);
            else await quarantine.ResolveAsync(row, translation, cancellation);
        }
    }

    private ChangeTranslation Translate(QuarantineRow row, MessageBuilder builder) =>
        translators.All.FirstOrDefault(translator => translator.Name == row.Translator) is { } translator
            ? ChangeTranslation.OfWaiting(translator, row, builder)
            : new([], TallyKey.Quarantined, "no-translator", $"There is no translator '{row.Translator}' any more.");

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "Table {Table} flows again; {Changes} changes that waited for its shape were translated")]
    private partial void LogReleased(string table, int changes);
}
