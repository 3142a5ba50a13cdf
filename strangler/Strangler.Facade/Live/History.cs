using System.Collections.Concurrent;
using System.Text;

namespace Strangler.Facade;

/// <summary>
/// The append-only, hash-chained history of ownership. It never stands in the way of traffic: a chain that is broken and a disk that is
/// full are reported (<see cref="Problem"/>), and what could not be written is written as soon as that works again. One writer.
/// </summary>
internal sealed class History
{
    private readonly string _file;
    private readonly List<HistoryEntry> _unwritten = [];
    private readonly Dictionary<string, string> _stages = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, HistoryEntry> _last = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _breaks = [];
    private string _lastHash = HistoryEntry.NoHash;
    private string? _lastFileHash;
    private string? _writeProblem;

    private History(string file) => _file = file;

    /// <summary>The revision of the last entry; 0 before the first.</summary>
    public long Revision { get; private set; }

    /// <summary>What is wrong with the history, for people; null when nothing is.</summary>
    public string? Problem => (_breaks, _writeProblem) switch
    {
        ([], null) => null,
        ([], _) => _writeProblem,
        _ => string.Join(' ', [.. _breaks, _writeProblem ?? ""]).TrimEnd(),
    };

    /// <summary>The last change of a route; null when there is none. Any thread may ask.</summary>
    public HistoryEntry? LastOf(string route) => _last.GetValueOrDefault(route);

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
        if (table.Hash == _lastFileHash) return Revision;
        Revision++;
        foreach (var (route, before, after) in Changes(table))
        {
            var entry = new HistoryEntry(Revision, at, who, why, route, before, after, table.Hash, _lastHash, null).Sealed();
            _unwritten.Add(entry);
            Apply(entry);
        }

        Flush();
        return Revision;
    }

    /// <summary>Tries again to write what could not be written.</summary>
    public void Flush()
    {
        if (_unwritten.Count == 0) return;
        try
        {
            Append(_unwritten);
            _unwritten.Clear();
            _writeProblem = null;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            _writeProblem = $"The history '{_file}' cannot be written: {cause.Message} {_unwritten.Count} entries wait in memory.";
        }
    }

    /// <summary>The entries, the oldest first; of one route when one is given.</summary>
    public IEnumerable<HistoryEntry> Read(string? route)
    {
        if (!File.Exists(_file)) return [];
        var entries = File.ReadLines(_file).Select(HistoryEntry.Read).OfType<HistoryEntry>();
        return route is null ? entries : entries.Where(entry => string.Equals(entry.Route, route, StringComparison.OrdinalIgnoreCase));
    }

    private List<(string? Route, string? Before, string? After)> Changes(OwnershipTable table)
    {
        var changes = new List<(string?, string?, string?)>();
        foreach (var route in table.Routes)
        {
            var (before, after) = (_stages.GetValueOrDefault(route.Id), route.Setting.ToString());
            if (before != after) changes.Add((route.Id, before, after));
        }

        changes.AddRange(_stages.Where(known => table.Route(known.Key) is null).Select(gone => ((string?)gone.Key, (string?)gone.Value, (string?)null)));
        return changes.Count > 0 ? changes : [(null, null, null)];
    }

    private void Verify(string line, int number)
    {
        if (HistoryEntry.Read(line) is not { } entry)
        {
            _breaks.Add($"The history '{_file}' is broken: line {number} is no entry.");
            return;
        }

        if (!entry.Follows(_lastHash)) _breaks.Add($"The history '{_file}' is broken: line {number} (revision {entry.Revision}) was changed, or does not follow the line before.");
        Apply(entry);
    }

    private void Apply(HistoryEntry entry)
    {
        Revision = Math.Max(Revision, entry.Revision);
        _lastHash = entry.Hash ?? HistoryEntry.NoHash;
        _lastFileHash = entry.FileHash;
        if (entry.Route is null) return;
        _last[entry.Route] = entry;
        if (entry.After is null) _stages.Remove(entry.Route);
        else _stages[entry.Route] = entry.After;
    }

    private void Append(IEnumerable<HistoryEntry> entries)
    {
        using var stream = new FileStream(_file, FileMode.Append, FileAccess.Write, FileShare.Read);
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
        using var stream = new FileStream(_file, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
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
