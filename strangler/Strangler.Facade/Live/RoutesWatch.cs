using System.Security.Cryptography;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Strangler.Facade;

/// <summary>
/// Notices a changed file: at once by the operating system's events, and within a quarter of a second by looking, because renames,
/// bind mounts and network shares lose events. A good file is taken at once; a bad one is refused when it stays the same for a
/// moment, since an editor may be in the middle of writing it.
/// </summary>
internal sealed partial class RoutesWatch(FacadeOptions options, LiveOwnership ownership, History history, TimeProvider clock, ILogger<RoutesWatch> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);
    private readonly SemaphoreSlim changed = new(0);
    private string? seen;
    private string? suspect;
    private long suspectSince;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var events = Events();
        // What the start has read is not read again.
        seen = ownership.Refused is null ? ownership.Current.Table.Hash : null;
        while (!stoppingToken.IsCancellationRequested)
        {
            await Changed(stoppingToken);
            Look();
            history.Flush();
        }
    }

    public override void Dispose()
    {
        changed.Dispose();
        base.Dispose();
    }

    private async Task Changed(CancellationToken stopping)
    {
        try
        {
            await changed.WaitAsync(Interval, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The loop sees it too, and ends.
        }
    }

    private void Look()
    {
        var fingerprint = Fingerprint();
        if (fingerprint == seen) return;

        var file = ownership.Checked(RoutesFile.Read(options.Routes));
        // The file may have changed between the two looks; what was read is what counts.
        if (file.Content.Length > 0) fingerprint = file.Hash;
        if (file.Table is not null) ownership.Take(file);
        else if (fingerprint != suspect)
        {
            (suspect, suspectSince) = (fingerprint, clock.GetTimestamp());
            return;
        }
        else if (clock.GetElapsedTime(suspectSince) < Patience) return;
        else if (ownership.Refused?.Hash != file.Hash || file.Content.Length == 0) ownership.Refuse(file);

        (seen, suspect) = (fingerprint, null);
    }

    /// <summary>The hash of the file as it stands, without keeping its bytes; or why there is none.</summary>
    private string Fingerprint()
    {
        try
        {
            using var stream = new FileStream(options.Routes, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 64 * 1024);
            return Convert.ToHexStringLower(SHA256.HashData(stream));
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            return cause.GetType().Name;
        }
    }

    private FileSystemWatcher? Events()
    {
        try
        {
            var watcher = new FileSystemWatcher(Path.GetDirectoryName(Path.GetFullPath(options.Routes))!);
            watcher.Changed += (_, _) => Signal();
            watcher.Created += (_, _) => Signal();
            watcher.Deleted += (_, _) => Signal();
            watcher.Renamed += (_, _) => Signal();
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (Exception cause) when (cause is IOException or ArgumentException or PlatformNotSupportedException)
        {
            LogNoEvents(options.Routes, cause.Message);
            return null;
        }
    }

    private void Signal()
    {
        if (changed.CurrentCount == 0) changed.Release();
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "No file events for {File} ({Reason}); it is looked at four times a second instead")]
    private partial void LogNoEvents(string file, string reason);
}
