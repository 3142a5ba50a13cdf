using Strangler.Messaging;

namespace Strangler.AntiCorruption;

/// <summary>
/// What one translator makes of one change: envelopes, a skip or a refusal; never an exception. A translator that throws, or that breaks
/// its own contract, parks the row: one bad row must not stop the others, and of this one nothing is told before what it made of the change is.
/// </summary>
/// <param name="Messages">Envelopes to publish, in order; for a refusal, those that keep consumers right meanwhile.</param>
/// <param name="Outcome">One of the outcomes of <see cref="TallyKey"/>.</param>
/// <param name="Code">Reason of a skip or rule of a refusal; otherwise empty.</param>
/// <param name="Reason">What is wrong; empty unless refused.</param>
internal sealed record ChangeTranslation(IReadOnlyList<Envelope> Messages, string Outcome, string Code, string Reason)
{
    /// <summary>True when later changes of the row have to wait for this one: the translator is wrong, not the row.</summary>
    public bool Parks { get; private init; }

    /// <summary>The change that it was not translated for, because that one parked the row; otherwise null.</summary>
    public string? Behind { get; private init; }

    /// <summary>What the translator makes of a change. A row that changed its key is one row gone and another come, in that order, at one version, by which they are linked.</summary>
    /// <param name="translator">The translator.</param>
    /// <param name="change">The change.</param>
    /// <param name="builder">Makes envelopes.</param>
    /// <param name="isAwaited">True when nothing is to be told of the new row by this change, because it lacks a value and was asked for by name.</param>
    public static ChangeTranslation Of(ITranslator translator, RowChange change, MessageBuilder builder, bool isAwaited = false)
    {
        if (!change.Moves(translator.KeyColumn)) return isAwaited ? Awaited : Of(translator, translator.Translate, change, builder);

        var gone = Of(translator, translator.Translate, change with { Kind = ChangeKind.Delete, After = null }, builder);
        var come = isAwaited ? Awaited : Of(translator, translator.Translate, change with { Kind = ChangeKind.Insert, Before = null }, builder);
        if (gone.Parks || come.Parks) return gone.Parks ? gone : come;
        IReadOnlyList<Envelope> messages = [.. gone.Messages, .. come.Messages];
        if (come.Outcome == TallyKey.Quarantined) return come with { Messages = messages };
        if (gone.Outcome == TallyKey.Quarantined) return gone with { Messages = messages };
        return messages.Count > 0 ? new(messages, TallyKey.Published, "", "") : come;
    }

    /// <summary>What its translator makes now of a change, or a row that was read, which waited in the quarantine; a refusal when that translator is no more.</summary>
    public static ChangeTranslation OfWaiting(TranslatorSet translators, QuarantineRow waiting, MessageBuilder builder)
    {
        if (translators.Find(waiting.Translator) is not { } translator) return NoTranslator(waiting.Translator);
        var change = ChangeJson.Read(waiting.Change);
        return ChangeJson.GenerationOf(waiting.Change) is { } generation ? OfRow(translator, change, builder, mayHaveTold: generation > 1) : Of(translator, change, builder);
    }

    private static ChangeTranslation Awaited { get; } = new([], TallyKey.Skipped, "row-asked-for", "");

    /// <summary>What the translator makes of a row that was read, not changed.</summary>
    /// <param name="translator">The translator.</param>
    /// <param name="row">The row as an insert, or one that is gone as a delete.</param>
    /// <param name="builder">Makes envelopes.</param>
    /// <param name="mayHaveTold">Whether it may have told something of the row before changes were lost: what it does not tell any more it then takes back.</param>
    public static ChangeTranslation OfRow(ITranslator translator, RowChange row, MessageBuilder builder, bool mayHaveTold)
    {
        if (row.Kind == ChangeKind.Delete) return Of(translator, translator.TakeBack, row, builder);
        var now = Of(translator, row, builder);
        if (!mayHaveTold || now.Parks || now.Messages.Count > 0 || row.After?.Text(translator.KeyColumn) is not { } key) return now;

        var gone = row with { Kind = ChangeKind.Delete, Before = new SourceRow(new RowShape([translator.KeyColumn]), [key]), After = null };
        var back = Of(translator, translator.TakeBack, gone, builder);
        if (back.Outcome != TallyKey.Quarantined) return now with { Messages = back.Messages };
        var refused = now.Outcome == TallyKey.Quarantined ? now : Refused("cannot-take-back", $"Nothing can be told of the row any more, and what was told cannot be taken back: {back.Code}.");
        return refused with { Parks = back.Parks };
    }

    private static ChangeTranslation Of(ITranslator translator, Func<RowChange, Translation> translate, RowChange change, MessageBuilder builder)
    {
        try
        {
            return translate(change) switch
            {
                Translation.Published published => new(Build(published.Messages, atLeast: 1), TallyKey.Published, "", ""),
                Translation.Skipped skipped => new([], TallyKey.Skipped, skipped.Reason, ""),
                Translation.Quarantined refused => Refused(refused.Rule, refused.Reason, Build(refused.Meanwhile, atLeast: 0)),
                var other => Failed("translator-failed", $"The translator returned {other?.GetType().Name ?? "null"}."),
            };
        }
        catch (SourceColumnException missing)
        {
            // The row lacks what was asked of it; a later state of it may have it, and then says all there is to say.
            return missing.IsMissing
                ? Refused("column-missing", $"The row has no column '{missing.Column}'. Was it dropped or renamed?")
                : Refused("column-unchanged", $"The source did not send column '{missing.Column}' because it did not change. Let the translator need whole old rows (NeedsBefore).");
        }
        catch (MessageTooLargeException large)
        {
            return Refused("too-large", large.Message);
        }
        catch (Exception failure)
        {
            // The type alone: a message may quote the row.
            return Failed("translator-failed", $"The translator threw {failure.GetType().FullName}.");
        }

        IReadOnlyList<Envelope> Build(IReadOnlyList<DomainMessage> messages, int atLeast)
        {
            if (messages.Count < atLeast) throw new InvalidOperationException("Published without a message.");
            if (messages.Count == 0) return [];
            var envelopes = new Envelope[messages.Count];
            for (var index = 0; index < envelopes.Length; index++)
            {
                if (!translator.Types.Contains(messages[index].Type)) throw new InvalidOperationException("Published a type that Types does not list.");
                envelopes[index] = builder.Build(messages[index], change);
                for (var earlier = 0; earlier < index; earlier++)
                {
                    if (envelopes[earlier].Id == envelopes[index].Id) throw new InvalidOperationException("Published one type and key twice.");
                }
            }

            return envelopes;
        }
    }

    public static ChangeTranslation Refused(string rule, string reason, IReadOnlyList<Envelope>? meanwhile = null) =>
        new(meanwhile ?? [], TallyKey.Quarantined, rule, reason);

    /// <summary>What becomes of a change of a parked row.</summary>
    /// <param name="first">The change that parked it.</param>
    public static ChangeTranslation Waits(string first) => Refused("behind-parked", $"It waits behind {first}.") with { Parks = true, Behind = first };

    public static ChangeTranslation NoTranslator(string name) => Refused("no-translator", $"There is no translator '{name}' any more.");

    private static ChangeTranslation Failed(string rule, string reason) => Refused(rule, reason) with { Parks = true };
}
