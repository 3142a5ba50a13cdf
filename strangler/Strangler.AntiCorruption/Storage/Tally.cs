using System.Runtime.InteropServices;

namespace Strangler.AntiCorruption;

/// <summary>What became of a change at one translator.</summary>
/// <param name="Translator">Name of the translator.</param>
/// <param name="Outcome"><c>in</c>, <c>published</c>, <c>skipped</c> or <c>quarantined</c>.</param>
/// <param name="Reason">Reason of a skip, rule of a quarantine; otherwise empty.</param>
internal readonly record struct TallyKey(string Translator, string Outcome, string Reason)
{
    public const string In = "in";
    public const string Published = "published";
    public const string Skipped = "skipped";
    public const string Quarantined = "quarantined";
}

/// <summary>Counts of changes by outcome. Not thread-safe.</summary>
internal sealed class Tally
{
    private readonly Dictionary<TallyKey, long> counts = [];

    public IReadOnlyDictionary<TallyKey, long> Counts => counts;

    public void Add(TallyKey key, long changes = 1) => CollectionsMarshal.GetValueRefOrAddDefault(counts, key, out _) += changes;

    public void Add(Tally other)
    {
        foreach (var (key, changes) in other.counts) Add(key, changes);
    }

    public void Clear() => counts.Clear();
}
