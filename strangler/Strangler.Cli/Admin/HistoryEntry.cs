using System.Text.Json;
using Strangler.Cli.Terminal;

namespace Strangler.Cli.Admin;

/// <summary>One change of one route, or (route null) of the file alone, as the facade wrote it down.</summary>
internal sealed record HistoryEntry(
    long Revision, DateTimeOffset At, string Who, string Why, string? Route, string? Before, string? After, string FileHash, string PreviousHash, string Hash)
{
    /// <summary>Reads the facade's own file, for a facade that cannot be asked. A line that is none (a torn last one) is left out.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file cannot be read.</exception>
    public static IReadOnlyList<HistoryEntry> ReadFile(string file, string route) =>
        [.. File.ReadLines(file).Select(Read).OfType<HistoryEntry>().Where(entry => string.Equals(entry.Route, route, StringComparison.OrdinalIgnoreCase))];

    private static HistoryEntry? Read(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<HistoryEntry>(line, Screen.JsonOptions);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
