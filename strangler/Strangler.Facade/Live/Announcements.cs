using System.Collections.Concurrent;

namespace Strangler.Facade;

/// <summary>Who is about to write a file, and why. Kept in memory until that file goes live; the oldest give way when there are too many.</summary>
internal sealed class Announcements
{
    private const int Most = 100;
    private readonly ConcurrentQueue<Announcement> _announced = new();

    public void Add(Announcement announcement)
    {
        _announced.Enqueue(announcement);
        while (_announced.Count > Most) _announced.TryDequeue(out _);
    }

    /// <summary>The latest announcement of a file; when nobody announced it, the file itself.</summary>
    public Announcement Of(string hash) => _announced.LastOrDefault(announcement => announcement.Hash == hash) ?? new Announcement(hash, "file", "edited by hand");
}

/// <summary>The hash of the bytes to come, who writes them, and why.</summary>
internal sealed record Announcement(string Hash, string Who, string Why);
