using NpgsqlTypes;

namespace Strangler.AntiCorruption;

/// <summary>
/// Why a stored checkpoint cannot be continued, with the choices. Whatever does not fit is a gap, never guessed over: since PostgreSQL 15 the
/// server silently starts at the slot's own position when it is asked for an older one.
/// </summary>
internal static class PostgresGap
{
    public const string Anew =
        "begin anew with AntiCorruption:OnGap=Backfill: every table is backfilled, and rows that are gone are taken back.";

    /// <param name="stored">The checkpoint of the earlier run.</param>
    /// <param name="here">Where the feed is connected to.</param>
    /// <param name="name">The slot's name.</param>
    /// <param name="slot">The slot; null when there is none.</param>
    /// <returns>Null when every change after the checkpoint is still to be had.</returns>
    public static IReadOnlyList<string>? Of(SourceCheckpoint stored, PostgresPlace here, string name, PostgresSlot? slot)
    {
        var position = new NpgsqlLogSequenceNumber(stored.Position);
        if (PostgresPlace.Parse(stored.SourceId) is not { } there || there.Slot != here.Slot)
        {
            return Told($"The checkpoint belongs to another capture: '{stored.SourceId}', but this is '{here.Prefix}…' (system, timeline, database, slot).", "Name the slot (AntiCorruption:Slot) or the store that it belongs to");
        }

        if (there.System != here.System || there.Database != here.Database)
        {
            return Told(
                $"The checkpoint belongs to database '{there.Database}' of system {there.System}, but this is database '{here.Database}' of system {here.System}.",
                "Connect to the database that it belongs to (ConnectionStrings:Source), or name its store (ConnectionStrings:Store)");
        }

        if (there.Timeline != here.Timeline)
        {
            return Told(
                $"The server is on timeline {here.Timeline}, the checkpoint on {there.Timeline}: a standby was promoted, or a backup restored. What was captured last may never have reached it.",
                "Connect to the server that is still on the old timeline");
        }

        if (stored.Position > here.Head)
        {
            return Told(
                $"The server's log ends at {new NpgsqlLogSequenceNumber(here.Head)}, before the checkpoint {position}: the database was restored from a backup older than the store.",
                "Restore the store of the same time");
        }

        if (slot is null) return Told($"Replication slot '{name}' is gone: changes after {position} may be lost.", "Bring the slot back (it is in a backup of the data folder only)");
        if (slot.WalStatus == "lost")
        {
            return Told($"Replication slot '{name}' was invalidated by the server: changes after {position} are lost.", "There is no way to get them; the next time let max_slot_wal_keep_size be larger");
        }

        return (ulong)slot.ConfirmedFlush > stored.Position
            ? Told($"Replication slot '{name}' stands at {slot.ConfirmedFlush}, ahead of the checkpoint {position}: somebody else read it, it was made again, or the store was restored.", "Restore the newest store")
            : null;
    }

    /// <summary>The publication is younger than the slot.</summary>
    public static IReadOnlyList<string> Young(PostgresFeedOptions options) => Told(
        $"Publication '{options.Publication}' was made after replication slot '{options.Slot}': what was changed before cannot be read.", "Do not drop the publication while the layer has not read everything");

    /// <summary>The server has the slot, and fails at reading by it.</summary>
    /// <param name="options">The slot's name.</param>
    /// <param name="after">From where it cannot be read.</param>
    /// <param name="words">What the server says.</param>
    public static IReadOnlyList<string> Unreadable(PostgresFeedOptions options, ulong after, string words) => Told(
        $"Replication slot '{options.Slot}' cannot be read after {new NpgsqlLogSequenceNumber(after)}: again and again the server ends with '{words}'. What was changed since is lost to it.",
        "Mend the server (bring back what it misses, install its newest minor version)");

    private static string[] Told(string problem, string choice) => [problem, $"{choice}; or {Anew}"];
}

/// <summary>A slot of a database of a server: what positions belong to.</summary>
/// <param name="System">System identifier.</param>
/// <param name="Timeline">Counts up with every promotion and restore.</param>
/// <param name="Database">Its name.</param>
/// <param name="Slot">The slot's name.</param>
/// <param name="Head">Where the server's log ends; 0 in one that was parsed.</param>
internal sealed record PostgresPlace(string System, uint Timeline, string Database, string Slot, ulong Head)
{
    /// <summary>The beginning of <see cref="SourceIdentity.Id"/>; where the slot was made follows, which tells its generations apart.</summary>
    public string Prefix => $"postgresql:{System}:{Timeline.ToString(global::System.Globalization.CultureInfo.InvariantCulture)}:{Database}:{Slot}:";

    /// <summary>Null when it is not the identity of a PostgreSQL capture. A database's name may hold colons, a slot's may not.</summary>
    public static PostgresPlace? Parse(string id)
    {
        var parts = id.Split(':');
        return parts.Length >= 6 && parts[0] == "postgresql" && uint.TryParse(parts[2], out var timeline)
            ? new(parts[1], timeline, string.Join(':', parts[3..^2]), parts[^2], 0)
            : null;
    }
}
