using Microsoft.Extensions.Logging;

namespace Strangler.Facade;

/// <summary>The folder in which one facade keeps its history, the last good table, the open breakers, what stage shadow found and what gates have counted. Held by one process at a time.</summary>
internal sealed class StateFolder : IDisposable
{
    private readonly string path;
    private readonly FileStream lockFile;

    private StateFolder(string path, FileStream held) => (this.path, lockFile) = (path, held);

    public string HistoryFile => Path.Combine(path, "history.jsonl");

    private string LastGoodFile => Path.Combine(path, "last-good.json");

    /// <summary>Makes the folder when it is missing, and holds it.</summary>
    /// <exception cref="IOException">It cannot be written, or another process holds it.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be written.</exception>
    public static StateFolder Open(string path)
    {
        Directory.CreateDirectory(path);
        return new StateFolder(path, new FileStream(Path.Combine(path, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
    }

    /// <summary>A file of the folder by which something goes on over a restart.</summary>
    /// <param name="name">Its name, without the ending.</param>
    /// <param name="otherwise">What happens without it, for the log.</param>
    /// <param name="log">Where it is said when it cannot be read or written.</param>
    public KeptFile<T> Kept<T>(string name, string otherwise, ILogger log)
        where T : class => new(Path.Combine(path, $"{name}.json"), otherwise, log);

    /// <summary>The last table that was live; null when there is none or it is no longer valid.</summary>
    public OwnershipTable? LastGood() => File.Exists(LastGoodFile) ? RoutesFile.Read(LastGoodFile).Table : null;

    /// <summary>Keeps the bytes of a table that goes live, so that a start with a broken file has something to serve.</summary>
    /// <exception cref="IOException">It cannot be written; the one before stays.</exception>
    public void KeepLastGood(ReadOnlySpan<byte> file) => Replace(LastGoodFile, file);

    /// <summary>Replaces one of the folder's files whole.</summary>
    /// <exception cref="IOException">It cannot be written; the one before stays.</exception>
    public static void Replace(string file, ReadOnlySpan<byte> content)
    {
        var draft = file + ".new";
        using (var stream = new FileStream(draft, FileMode.Create, FileAccess.Write))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }

        File.Move(draft, file, overwrite: true);
    }

    public void Dispose() => lockFile.Dispose();
}
