using System.Collections.Concurrent;
using System.Text;

namespace Strangler.Facade;

/// <summary>
/// The append-only, hash-chained history of ownership. It never stands in the way of traffic: a chain that is broken and a disk that is
/// full are reported (<see cref="Problem"/>), and what could not be written is written as soon as that works again. One writer.
/// </summary>
internal sealed class History
{
    private readonly string file;
    private readonly List<HistoryEntry> unwritten = [];
    private readonly Dictionary<string, string> stages = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, HistoryEntry> last = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> breaks = [];
    private string lastHash = HistoryEntry.NoHash;
    private string? lastFileHash;
    private string? writeProblem;

    private History(string file) => this.file = file;

    /// <summary>The revision of the last entry; 0 before the first.</summary>
    public long Revision { get; private set; }

    /// <summary>What is wrong with the history, for people; null when nothing is.</summary>
    public string? Problem => (breaks, writeProblem) switch
    {
        ([], null) => null,
        ([], _) => writeProblem,
        _ => string.Join(' ', [.. breaks, writeProblem ?? ""]).TrimEnd(),
    };

    /// <summary>The last change of a route; null when there is none. Any thread may ask.</summary>
    public HistoryEntry? LastOf(string route) => last.GetValueOrDefault(route);

    /// <summary>Opens or begins a history and verifies its chain.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static History Open(string file)
    {
        var history = new History(file);
        if (!File.Exists(file)) return history;
        history.DropTornLine();
        var number = 0;
        foreach (var line in File.ReadLines(file)) history.Verify(line, ++number);
        return history;
    }

    /// <summary>Writes down what a new table changes, to the disk itself before it returns.</summary>
    /// <returns>The new revision.</returns>
    public long Record(OwnershipTable table, string who, string why, DateTimeOffset at)
    {
        if (table.Hash == lastFileHash) return Revision;
        Revision++;
        foreach (var (route, before, after) in Changes(table))
        {
            var entry = new HistoryEntry(Revision, at, who, why, route, before, after, table.Hash, lastHash, null).Sealed();
            unwritten.Add(entry);
            Apply(entry);
        }

        Flush();
        return Revision;
    }

    /// <summary>Tries again to write what could not be written.</summary>
    public void Flush()
    {
        if (unwritten.Count == 0) return;
        try
        {
            Append(unwritten);
            unwritten.Clear();
            writeProblem = null;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            writeProblem = $"The history '{file}' cannot be written: {cause.Message} {unwritten.Count} entries wait in memory.";
        }
    }

    /// <summary>The entries, the oldest first; of one route when one is given.</summary>
    public IEnumerable<HistoryEntry> Read(string? route)
    {
        if (!File.Exists(file)) return [];
        var entries = File.ReadLines(file).Select(HistoryEntry.Read).OfType<HistoryEntry>();
        return route is null ? entries : entries.Where(entry => string.Equals(entry.Route, route, StringComparison.OrdinalIgnoreCase));
    }

    private List<(string? Route, string? Before, string? After)> Changes(OwnershipTable table)
    {
        var changes = new List<(string?, string?, string?)>();
        foreach (var route in table.Routes)
        {
            var (before, after) = (stages.GetValueOrDefault(route.Id), route.Setting.ToString());
            if (before != after) changes.Add((route.Id, before, after));
        }

        changes.AddRange(stages.Where(known => table.Route(known.Key) is null).Select(gone => ((string?)gone.Key, (string?)gone.Value, (string?)null)));
        return changes.Count > 0 ? changes : [(null, null, null)];
    }

    private void Verify(string line, int number)
    {
        if (HistoryEntry.Read(line) is not { } entry)
        {
            breaks.Add($"The history '{file}' is broken: line {number} is no entry.");
            return;
        }

        if (!entry.Follows(lastHash)) breaks.Add($"The history '{file}' is broken: line {number} (revision {entry.Revision}) was changed, or does not follow the line before.");
        Apply(entry);
    }

    private void Apply(HistoryEntry entry)
    {
        Revision = Math.Max(Revision, entry.Revision);
        lastHash = entry.Hash ?? HistoryEntry.NoHash;
        lastFileHash = entry.FileHash;
        if (entry.Route is null) return;
        last[entry.Route] = entry;
        if (entry.After is null) stages.Remove(entry.Route);
        else stages[entry.Route] = entry.After;
    }

    private void Append(IEnumerable<HistoryEntry> entries)
    {
        using var stream = new FileStream(file, FileMode.Append, FileAccess.Write, FileShare.Read);
        var end = stream.Position;
        try
        {
            foreach (var entry in entries) stream.Write(Encoding.UTF8.GetBytes(entry.Line() + "\n"));
            stream.Flush(flushToDisk: true);
        }
        catch (IOException)
        {
            stream.SetLength(end);
            throw;
        }
    }

    /// <summary>A line without its end was never acknowledged to anyone: the process died while writing it.</summary>
    private void DropTornLine()
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
        var end = stream.Length;
        while (end > 0)
        {
            stream.Position = end - 1;
            if (stream.ReadByte() == '\n') break;
            end--;
        }

        if (end < stream.Length) stream.SetLength(end);
    }
}
