namespace Strangler.Cli.Flipping;

/// <summary>
/// Held by the one flip that is under way on a file, until its change is live: every flip gets a revision and a line of history of its own.
/// A lock of the operating system, so that a tool that dies leaves none behind. It keeps out other flips, not editors.
/// </summary>
internal sealed class RoutesLock : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    // What a lock that somebody else holds looks like: EWOULDBLOCK, and ERROR_SHARING_VIOLATION.
    private const int LinuxHeld = 11;
    private const int MacHeld = 35;
    private const int WindowsHeld = unchecked((int)0x80070020);
    private readonly string _path;
    private readonly FileStream _held;

    private RoutesLock(string path, FileStream held) => (_path, _held) = (path, held);

    /// <summary>Waits until no other flip of the file is under way.</summary>
    /// <exception cref="CommandFailedException">It did not end before the deadline, or the folder cannot be written.</exception>
    public static async Task<RoutesLock> AcquireAsync(string file, Deadline deadline, CancellationToken cancellation)
    {
        var path = file + ".lock";
        while (true)
        {
            if (TryAcquire(path) is { } held) return held;
            if (deadline.IsOver) throw new CommandFailedException(ExitCode.Failed, $"Another flip of '{file}' is still under way after {deadline}. Try again, or give it more time: --timeout SECONDS.");
            await Task.Delay(Interval, cancellation);
        }
    }

    public void Dispose()
    {
        // The name goes first, while it is still held: whoever waits on the nameless rest finds out and begins anew.
        if (!OperatingSystem.IsWindows()) File.Delete(_path);
        _held.Dispose();
    }

    private static RoutesLock? TryAcquire(string path)
    {
        FileStream held;
        try
        {
            held = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, OperatingSystem.IsWindows() ? FileOptions.DeleteOnClose : FileOptions.None);
        }
        catch (UnauthorizedAccessException cause)
        {
            throw new CommandFailedException(ExitCode.Failed, $"The folder of the routes cannot be written: {cause.Message}");
        }
        catch (IOException cause) when (cause.HResult is LinuxHeld or MacHeld or WindowsHeld)
        {
            return null;
        }
        catch (IOException cause)
        {
            throw new CommandFailedException(ExitCode.Failed, $"The folder of the routes cannot be written: {cause.Message}");
        }

        if (OperatingSystem.IsWindows() || StillNamed(path, held)) return new(path, held);
        held.Dispose();
        return null;
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
