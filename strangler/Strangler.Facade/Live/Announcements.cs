namespace Strangler.Facade;

/// <summary>Who is about to write a file, and why. Kept in memory until that file goes live; the oldest give way when there are too many.</summary>
internal sealed class Announcements
{
    private const int Most = 100;
    private readonly Lock sync = new();
    private readonly List<Announcement> announced = [];

    public void Add(Announcement announcement)
    {
        lock (sync)
        {
            if (announced.Count == Most) announced.RemoveAt(0);
            announced.Add(announcement);
        }
    }

    /// <summary>The latest announcement of a file, which counts once; when nobody announced it, the file itself.</summary>
    public Announcement Take(string hash)
    {
        lock (sync)
        {
            var found = announced.FindLast(announcement => announcement.Hash == hash);
            announced.RemoveAll(announcement => announcement.Hash == hash);
            return found ?? new Announcement(hash, "file", "edited by hand");
        }
    }
}

/// <summary>The hash of the bytes to come, who writes them, and why.</summary>
internal sealed record Announcement(string Hash, string Who, string Why);
