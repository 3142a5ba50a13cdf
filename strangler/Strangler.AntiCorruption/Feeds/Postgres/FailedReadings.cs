using Npgsql;

namespace Strangler.AntiCorruption;

/// <summary>
/// Readings of the slot that the server ended because something of its own is broken or gone: log that somebody cleared, a damaged file, a transaction that
/// it cannot decode. One may pass. So many in a row, at the same place with the same words, do not: what comes after is not to be had by this slot. The server's view of the
/// slot shows none of it.
/// </summary>
internal sealed class FailedReadings(PostgresFeedOptions options)
{
    /// <summary>With the layer's growing pauses, half a minute.</summary>
    private const int TakenForPassing = 7;

    private sealed record Failures(ulong After, string Words, int InARow);

    private volatile Failures? last;

    /// <summary>True for an internal error, damaged data (XX), or a file that cannot be read (58).</summary>
    public static bool IsOne(PostgresException failure) => failure.SqlState.StartsWith("XX", StringComparison.Ordinal) || failure.SqlState.StartsWith("58", StringComparison.Ordinal);

    /// <summary>Takes note of one.</summary>
    /// <param name="after">The position that was read from.</param>
    /// <param name="failure">One for which <see cref="IsOne"/> holds.</param>
    public void Add(ulong after, PostgresException failure)
    {
        var before = last is { } same && same.After == after && same.Words == failure.MessageText ? same.InARow : 0;
        last = new(after, failure.MessageText, before + 1);
    }

    /// <summary>The gap that they show.</summary>
    /// <param name="after">The position that is to be read from.</param>
    /// <returns>The problem and the choices; null when it may be read.</returns>
    public IReadOnlyList<string>? At(ulong after) =>
        last is { InARow: > TakenForPassing } failures && failures.After == after ? PostgresGap.Unreadable(options, after, failures.Words) : null;

    /// <summary>Lets it be read once more: somebody may mend the server.</summary>
    public void TryAgain() => last = last is { } failures ? failures with { InARow = Math.Min(failures.InARow, TakenForPassing) } : null;
}
