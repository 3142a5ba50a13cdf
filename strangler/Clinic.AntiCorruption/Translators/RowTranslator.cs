using System.Globalization;
using Clinic.AntiCorruption.Readings;
using Strangler.AntiCorruption;

namespace Clinic.AntiCorruption.Translators;

/// <summary>
/// What all translators of the clinic have in common: a row tells one fact, or nothing, or is refused, and what is published follows from what it
/// told before and tells now. Whatever happens to a row, what consumers hold afterwards is what the row tells now: a row that stops
/// telling its fact takes it back, also when it stops because it can no longer be understood.
/// </summary>
/// <typeparam name="TFact">What one row tells, in domain words.</typeparam>
internal abstract class RowTranslator<TFact> : ITranslator
    where TFact : class
{
    /// <summary>The reason of a change of columns that no message carries.</summary>
    public const string NoMessageCarriesIt = "no-message-carries-it";

    public abstract string Name { get; }

    public abstract string Table { get; }

    public string KeyColumn => "id";

    public bool NeedsBefore => true;

    public abstract IReadOnlyList<string> Types { get; }

    /// <summary>The reason of a row that means nothing in the domain: what <see cref="Read"/> calls missing.</summary>
    protected abstract string NothingToTell { get; }

    public Translation Translate(RowChange change) => change switch
    {
        { Kind: ChangeKind.Insert, After: { } now } => Begin(now, change.CommittedAt),
        { Kind: ChangeKind.Update, After: { } now } => Go(change.Before, now, change.CommittedAt),
        { Kind: ChangeKind.Delete, Before: { } was } => End(was, change.CommittedAt),
        _ => throw new ArgumentException($"A change of kind {change.Kind} in '{change.Table}' without its row image.", nameof(change)),
    };

    /// <summary>Of a row that is gone only its identity is known; consumers take it back whatever they hold of it.</summary>
    Translation ITranslator.TakeBack(RowChange gone) => Published([TakeBack(Id(gone.Before!), gone.CommittedAt)]);

    /// <summary>What the row tells; missing when it means nothing in the domain.</summary>
    protected abstract Reading<TFact> Read(SourceRow row, DateTimeOffset at);

    protected abstract bool Same(TFact was, TFact now);

    /// <summary>The messages of a fact that consumers do not hold (<paramref name="was"/> is null) or hold in another form.</summary>
    protected abstract IEnumerable<DomainMessage> Tell(TFact? was, Reading<TFact> now, long id, DateTimeOffset at);

    /// <summary>The message after which consumers hold nothing of the row.</summary>
    /// <param name="id">Identity of the row.</param>
    /// <param name="deletedAt">When the row was deleted; null when it is there and cannot be told any more.</param>
    protected abstract DomainMessage TakeBack(long id, DateTimeOffset? deletedAt);

    protected static long Id(SourceRow row) => long.Parse(row.Text("id")!, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    private Translation Begin(SourceRow row, DateTimeOffset at)
    {
        var now = Read(row, at);
        if (now.Refusal is { } refusal) return new Translation.Quarantined(refusal.Rule, refusal.Reason);

        return now.IsKnown ? Published(Tell(null, now, Id(row), at)) : new Translation.Skipped(NothingToTell);
    }

    private Translation Go(SourceRow? before, SourceRow after, DateTimeOffset at)
    {
        var was = before is null ? null : Read(before, at);
        var now = Read(after, at);
        var id = Id(after);

        // Taken back whatever the old row tells by today's rules: an earlier rule may have read it otherwise, and consumers would keep that.
        if (now.Refusal is { } refusal) return new Translation.Quarantined(refusal.Rule, refusal.Reason) { Meanwhile = [TakeBack(id, null)] };

        return (was, now) switch
        {
            ({ IsKnown: true }, { IsKnown: true }) when Same(was.Value, now.Value) => new Translation.Skipped(NoMessageCarriesIt),
            (_, { IsKnown: true }) => Published(Tell(was is { IsKnown: true } ? was.Value : null, now, id, at)),
            ({ IsKnown: false, Refusal: null }, _) => new Translation.Skipped(NothingToTell),
            _ => Published([TakeBack(id, null)]),
        };
    }

    private Translation End(SourceRow row, DateTimeOffset at) =>
        Read(row, at) is { IsKnown: false, Refusal: null } ? new Translation.Skipped(NothingToTell) : Published([TakeBack(Id(row), at)]);

    private static Translation.Published Published(IEnumerable<DomainMessage> messages) => new([.. messages]);
}
