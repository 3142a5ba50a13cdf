using Strangler.Faults.Workload;

namespace Strangler.Faults.Oracle;

/// <summary>
/// Compares what a consumer has with what the source has committed: the last state of every key equal to the byte; the states that a key went
/// through committed ones, in commit order; nothing that was rolled back. A consumer may leave out states: only the way and the end count.
/// </summary>
/// <param name="committed">By key, in commit order.</param>
/// <param name="hasBackfill">
/// True when rows changed while existing ones were read, at the beginning or after a gap. A reading that begins again tells a row again that has not changed; and a change may come before the
/// row that it changes, without its large value, until the reading comes to that row.
/// </param>
internal sealed class Judge(IReadOnlyDictionary<string, List<CommittedWrite>> committed, bool hasBackfill)
{
    public IEnumerable<Violation> Violations(ConsumerView view) => OfRows(view).Concat(OfJournal(view));

    private IEnumerable<Violation> OfRows(ConsumerView view)
    {
        var kept = view.Rows.ToDictionary(static row => row.Key, StringComparer.Ordinal);
        foreach (var (key, history) in committed)
        {
            var last = history[^1];
            KeptRow? row = kept.Remove(key, out var found) ? found : null;
            if (Difference(last, row) is var (kind, text)) yield return new(kind, view.Consumer, key, text);
        }

        foreach (var stranger in kept.Values)
        {
            yield return new(ViolationKind.NeverCommitted, view.Consumer, stranger.Key, $"It keeps a row with n = {stranger.N}; no transaction that wrote the key was committed.");
        }
    }

    private static (ViolationKind Kind, string Text)? Difference(CommittedWrite last, KeptRow? row) => (last.N, row) switch
    {
        (null, null) => null,
        (null, { } extra) => (ViolationKind.NotDeleted, $"It keeps n = {extra.N}; the row was deleted."),
        ({ } n, null) => (ViolationKind.Lost, $"It has no row; the last committed write is n = {n}."),
        ({ } n, { } old) when old.N < n => (ViolationKind.Lost, $"It keeps n = {old.N}; the last committed write is n = {n}."),
        ({ } n, { } other) when other.N > n => (ViolationKind.WentBack, $"It keeps n = {other.N}; the last committed write is n = {n}."),
        ({ } n, { } same) => same.Hash == last.Hash ? null : (ViolationKind.OtherBytes, $"It keeps n = {n} with digest {same.Hash ?? "unknown"}; committed was {last.Hash}."),
    };

    private IEnumerable<Violation> OfJournal(ConsumerView view)
    {
        foreach (var entries in view.Journal.GroupBy(static entry => entry.Key, StringComparer.Ordinal))
        {
            var writes = committed.GetValueOrDefault(entries.Key, []).Where(static write => write.N is not null).ToDictionary(static write => write.N!.Value, static write => write.Hash);
            JournalEntry? before = null;
            long? highest = null;
            foreach (var entry in entries)
            {
                if (Fault(entry, before, highest, writes) is var (kind, text)) yield return new(kind, view.Consumer, entry.Key, text);
                before = entry;
                highest = entry.N ?? highest;
            }
        }
    }

    private (ViolationKind Kind, string Text)? Fault(JournalEntry entry, JournalEntry? before, long? highest, Dictionary<long, string?> writes)
    {
        if (before is { } earlier && string.CompareOrdinal(entry.Version, earlier.Version) <= 0)
        {
            return (ViolationKind.WentBack, $"Version {entry.Version} was applied after {earlier.Version}.");
        }

        if (entry.N is not { } n) return null;
        var isRetold = hasBackfill && n == highest && before?.N == n;
        if (n <= highest && !isRetold) return (ViolationKind.WentBack, $"n = {n} was applied after n = {highest}.");
        if (!writes.TryGetValue(n, out var hash)) return (ViolationKind.NeverCommitted, $"n = {n} was applied; it was never committed.");
        if (entry.Hash is null) return hasBackfill ? null : (ViolationKind.Incomplete, $"n = {n} was applied to a row whose large value was never told.");
        return hash == entry.Hash ? null : (ViolationKind.OtherBytes, $"n = {n} was applied and left digest {entry.Hash}; committed was {hash}.");
    }
}
