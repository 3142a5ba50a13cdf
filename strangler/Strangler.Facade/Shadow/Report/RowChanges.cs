namespace Strangler.Facade;

/// <summary>
/// Whether legacy's rows change when it is asked again for what a "safe" request asked: how often a counter of its changes moved while it was, and how often in a time as
/// long right after, in which we asked nothing. Thread-safe.
/// </summary>
internal sealed class RowChanges
{
    private const int Fewest = 10;

    // Judged again and again, chance alone would cross zero one day.
    private const double Margin = 0.1;
    private readonly Lock sync = new();
    private RowsSeen seen = new(0, 0, 0, false);

    public RowsSeen Read()
    {
        lock (sync) return seen;
    }

    /// <summary>Takes one pair of looks in.</summary>
    /// <returns>Whether it is now, for the first time, beyond chance that such requests write.</returns>
    public bool Note(bool changed, bool changedOtherwise)
    {
        lock (sync)
        {
            var (asked, with, without, before) = (seen.Asked + 1, seen.Changed + (changed ? 1 : 0), seen.Otherwise + (changedOtherwise ? 1 : 0), seen.Wrote);
            var wrote = asked >= Fewest && Confidence.Difference(with, asked, without, asked).IsAbove(Margin);
            seen = new RowsSeen(asked, with, without, wrote || before);
            return wrote && !before;
        }
    }
}

/// <summary>What was seen of legacy's rows.</summary>
/// <param name="Asked">How often legacy was asked between two looks.</param>
/// <param name="Changed">How often its rows had changed then.</param>
/// <param name="Otherwise">How often in as long a time without asking.</param>
/// <param name="Wrote">Whether that is beyond chance.</param>
internal sealed record RowsSeen(long Asked, long Changed, long Otherwise, bool Wrote);

/// <summary>Where a number stands that moves with every change of legacy's rows.</summary>
/// <param name="Url">Answers JSON to GET.</param>
/// <param name="Value">Where in it the number is: names of members, with dots between them.</param>
internal sealed record ChangeCounter(Uri Url, string Value);
