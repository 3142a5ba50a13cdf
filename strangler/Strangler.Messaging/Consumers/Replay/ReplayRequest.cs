using System.Globalization;

namespace Strangler.Messaging;

/// <summary>From where a consumer is given its messages again: a time, or a position of the source.</summary>
/// <param name="Time">Sent at or after this time, or a little before it; null when a position is meant.</param>
/// <param name="Position">Of this commit position or a later one; null when a time is meant.</param>
internal sealed record ReplayStart(DateTimeOffset? Time, ulong? Position)
{
    /// <summary>Reads <c>2026-03-01T08:00:00Z</c>, a position such as <c>26462040</c>, or PostgreSQL's way to write one, <c>0/193C758</c>.</summary>
    /// <returns>Null when it is none of them.</returns>
    public static ReplayStart? Parse(string? text)
    {
        if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var position)) return new(null, position);
        if (text?.Split('/') is [{ Length: > 0 and <= 8 } high, { Length: > 0 and <= 8 } low]
            && uint.TryParse(high, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var upper)
            && uint.TryParse(low, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var lower))
        {
            return new(null, ((ulong)upper << 32) | lower);
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? new(time, null) : null;
    }

    public override string ToString() => Time is { } time ? time.ToString("u", CultureInfo.InvariantCulture) : $"position {Position}";
}

/// <summary>A replay as far as it has come.</summary>
/// <param name="Consumer">Who is given its messages again.</param>
/// <param name="From">From where.</param>
/// <param name="State"><c>running</c>, <c>done</c>, or <c>failed</c>.</param>
/// <param name="StartedAt">When, UTC.</param>
/// <param name="PartitionsDone">Partitions that are through.</param>
/// <param name="Partitions">Of so many.</param>
/// <param name="Oldest">Time of the oldest message that was found; null before the first.</param>
/// <param name="Read">Messages that were kept from there on and that the consumer handles.</param>
/// <param name="Applied">Of these, applied now.</param>
/// <param name="Duplicate">Of these, the newest that their key has seen.</param>
/// <param name="Stale">Of these, older than what their key has seen.</param>
/// <param name="CameToWait">Of these, put behind a key that waits.</param>
/// <param name="Problem">Why it failed or what it waits for; null when nothing is wrong.</param>
internal sealed record ReplayProgress(
    string Consumer, string From, string State, DateTimeOffset StartedAt, int PartitionsDone, int Partitions, DateTimeOffset? Oldest,
    long Read, long Applied, long Duplicate, long Stale, long CameToWait, string? Problem)
{
    public ReplayProgress Plus(Outcome outcome) => this with
    {
        Read = Read + outcome.Received,
        Applied = Applied + outcome.Applied,
        Duplicate = Duplicate + outcome.Duplicate,
        Stale = Stale + outcome.Stale,
        CameToWait = CameToWait + outcome.CameToWait,
        Problem = null,
    };
}
