using System.Globalization;

namespace Strangler.AntiCorruption;

/// <summary>Which transactions a reader sees: the text of <c>pg_current_snapshot()</c>, <c>xmin:xmax:xip,…</c> (PostgreSQL manual, "Transaction ID and Snapshot Information Functions").</summary>
internal sealed class PostgresSnapshot
{
    private readonly ulong xmax;
    private readonly HashSet<ulong> running;

    private PostgresSnapshot(ulong xmin, ulong xmax, HashSet<ulong> running) => (Xmin, this.xmax, this.running) = (xmin, xmax, running);

    /// <summary>Every transaction below it is over.</summary>
    public ulong Xmin { get; }

    public static PostgresSnapshot Parse(string text)
    {
        var parts = text.Split(':');
        return new(Number(parts[0]), Number(parts[1]), [.. parts[2].Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Number)]);
    }

    /// <summary>Whether it sees what the transaction committed.</summary>
    /// <param name="xid">The lower 32 bits of its number, as the log has them; it is at most 2^31 away from now.</param>
    public bool Sees(uint xid) => Widen(xid) is var whole && whole < xmax && !running.Contains(whole);

    private ulong Widen(uint xid) => xmax + (ulong)(long)(int)(xid - (uint)xmax);

    private static ulong Number(string text) => ulong.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
