namespace Strangler.Facade;

/// <summary>Who is about to write a file, and why. Kept in memory until that file goes live; the oldest give way when there are too many.</summary>
internal sealed class Announcements
{
    private const int Most = 100;
    private readonly Lock _lock = new();
    private readonly List<Announcement> _announced = [];

    public void Add(Announcement announcement)
    {
        lock (_lock)
        {
            if (_announced.Count == Most) _announced.RemoveAt(0);
            _announced.Add(announcement);
        }
    }

    /// <summary>The latest announcement of a file, which counts once; when nobody announced it, the file itself.</summary>
    public Announcement Take(string hash)
    {
        lock (_lock)
        {
            var found = _announced.FindLast(announcement => announcement.Hash == hash);
            _announced.RemoveAll(announcement => announcement.Hash == hash);
            return found ?? new Announcement(hash, "file", "edited by hand");
        }
    }
}

/// <summary>The hash of the bytes to come, who writes them, and why.</summary>
internal sealed record Announcement(string Hash, string Who, string Why);
