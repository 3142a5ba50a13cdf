using Strangler.Facade;

namespace Strangler.Cli.Flipping;

/// <summary>Waits for the lock of a file, which one flip holds until its change is live.</summary>
internal static class RoutesLock
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    /// <summary>Waits until no other flip of the file is under way.</summary>
    /// <exception cref="CommandFailedException">It did not end before the deadline, or the folder cannot be written.</exception>
    public static async Task<RoutesFileLock> AcquireAsync(string file, Deadline deadline, CancellationToken cancellation)
    {
        while (true)
        {
            if (TryAcquire(file) is { } held) return held;
            if (deadline.IsOver) throw new CommandFailedException(ExitCode.Failed, $"Another flip of '{file}' is still under way after {deadline}. Try again, or give it more time: --timeout SECONDS.");
            await Task.Delay(Interval, cancellation);
        }
    }

    private static RoutesFileLock? TryAcquire(string file)
    {
        try
        {
            return RoutesFileLock.TryAcquire(file);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException(ExitCode.Failed, $"The folder of the routes cannot be written: {cause.Message}");
        }
    }
}
