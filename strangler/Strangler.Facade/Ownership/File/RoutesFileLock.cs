namespace Strangler.Facade;

/// <summary>
/// Held by the one change of a routes.json that is under way, by the tool or by a facade: every change gets a revision and a line of history of its own.
/// A lock of the operating system, so that a process that dies leaves none behind. It keeps out other changes of this kind, not editors.
/// </summary>
public sealed class RoutesFileLock : IDisposable
{
    // What a lock that somebody else holds looks like: EWOULDBLOCK, and ERROR_SHARING_VIOLATION.
    private const int LinuxHeld = 11;
    private const int MacHeld = 35;
    private const int WindowsHeld = unchecked((int)0x80070020);
    private readonly string path;
    private readonly FileStream held;

    private RoutesFileLock(string path, FileStream held) => (this.path, this.held) = (path, held);

    /// <summary>Takes the lock of a file, without waiting.</summary>
    /// <param name="file">The file itself, not a link to it.</param>
    /// <returns>The lock, held until disposed; null when somebody else holds it.</returns>
    /// <exception cref="IOException">The file's folder cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file's folder cannot be written.</exception>
    public static RoutesFileLock? TryAcquire(string file)
    {
        var path = file + ".lock";
        FileStream held;
        try
        {
            held = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, OperatingSystem.IsWindows() ? FileOptions.DeleteOnClose : FileOptions.None);
        }
        catch (IOException cause) when (cause.HResult is LinuxHeld or MacHeld or WindowsHeld)
        {
            return null;
        }

        if (OperatingSystem.IsWindows() || StillNamed(path, held)) return new(path, held);
        held.Dispose();
        return null;
    }

    /// <summary>Lets the next one have it.</summary>
    public void Dispose()
    {
        // The name goes first, while it is still held: whoever waits on the nameless rest finds out and begins anew.
        if (!OperatingSystem.IsWindows()) File.Delete(path);
        held.Dispose();
    }

    /// <summary>Whether the name still leads to the file that was locked: its last holder may have deleted it in between.</summary>
    private static bool StillNamed(string path, FileStream held)
    {
        // A mark that can be seen from outside without opening the file, which would need the lock: a time that nobody else writes.
        var mark = new DateTime(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddSeconds(Random.Shared.Next());
        File.SetLastWriteTimeUtc(held.SafeFileHandle, mark);
        return File.GetLastWriteTimeUtc(path) == mark;
    }
}
