namespace Strangler.AntiCorruption;

/// <summary>A message that a translator wants published.</summary>
/// <param name="Type">Wire name, one of <see cref="ITranslator.Types"/>.</param>
/// <param name="Key">The aggregate, <c>kind/id</c>.</param>
/// <param name="Body">The contract record; written as JSON by <see cref="Strangler.Messaging.MessageJson"/>.</param>
/// <param name="Warnings">What had to be assumed, as short codes; empty when the row was clean.</param>
public sealed record DomainMessage(string Type, string Key, object Body, IReadOnlyList<string> Warnings);

/// <summary>Outcome of one translation: published, skipped or quarantined. Nothing else, so that in = published + skipped + quarantined.</summary>
public abstract record Translation
{
    private Translation()
    {
    }

    /// <summary>The messages of the change, in order; at least one.</summary>
    /// <param name="Messages">At least one; all different in (type, key).</param>
    public sealed record Published(IReadOnlyList<DomainMessage> Messages) : Translation;

    /// <summary>The change means nothing in the domain.</summary>
    /// <param name="Reason">Short code for the count, for example <c>no-message-carries-it</c>.</param>
    public sealed record Skipped(string Reason) : Translation;

    /// <summary>The row cannot be translated; it waits for a corrected row or a corrected rule.</summary>
    /// <param name="Rule">Short code of the rule that refused, for example <c>X4.unknown-status</c>.</param>
    /// <param name="Reason">What is wrong, naming the column and, where it is no personal data, the value.</param>
    public sealed record Quarantined(string Rule, string Reason) : Translation
    {
        /// <summary>
        /// Messages that keep consumers right while the row waits, published like any other, at the change's own version: usually none. A row
        /// that was understood before and no longer is takes back here what it said, so that no consumer goes on showing it. The change
        /// still counts as quarantined, never as published. All different in (type, key).
        /// </summary>
        public IReadOnlyList<DomainMessage> Meanwhile { get; init; } = [];
    }
}
