using System.Globalization;
using System.Text;

namespace Strangler.Faults.Workload;

/// <summary>One committed write of one key.</summary>
/// <param name="Key"><c>table/id</c>.</param>
/// <param name="N">The row's number; null when the row was deleted.</param>
/// <param name="Hash">Digest of the row; null when it was deleted.</param>
internal readonly record struct CommittedWrite(string Key, long? N, string? Hash);

/// <summary>
/// Everything that the source has committed, per key in commit order, in memory and in a file that is on disk before the next transaction
/// of the same writer begins. Thread-safe.
/// </summary>
internal sealed class CommittedRows(FileInfo file) : IDisposable
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, List<CommittedWrite>> byKey = new(StringComparer.Ordinal);
    private readonly FileStream stream = file.Open(FileMode.CreateNew, FileAccess.Write, FileShare.Read);
    private long writes;

    /// <summary>How many rows were written so far.</summary>
    public long Writes => Interlocked.Read(ref writes);

    public IReadOnlyDictionary<string, List<CommittedWrite>> ByKey => byKey;

    /// <summary>A transaction that is known to be committed.</summary>
    /// <param name="transaction">Its writer and number.</param>
    /// <param name="effects">Its writes in order.</param>
    public void Add(string transaction, IReadOnlyList<CommittedWrite> effects)
    {
        var lines = effects.Select(effect => $"{transaction} {effect.Key} {effect.N?.ToString(CultureInfo.InvariantCulture) ?? "-"} {effect.Hash ?? "-"}\n");
        var text = Encoding.UTF8.GetBytes(string.Concat(lines));
        lock (gate)
        {
            stream.Write(text);
            stream.Flush(flushToDisk: true);
            foreach (var effect in effects)
            {
                if (!byKey.TryGetValue(effect.Key, out var history)) byKey[effect.Key] = history = [];
                history.Add(effect);
            }
        }

        Interlocked.Add(ref writes, effects.Count);
    }

    public void Dispose() => stream.Dispose();
}
