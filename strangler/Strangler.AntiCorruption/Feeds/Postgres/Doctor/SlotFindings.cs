using System.Globalization;
using Dapper;
using Npgsql;
using NpgsqlTypes;

namespace Strangler.AntiCorruption;

/// <summary>How the slot stands, and what it costs the server.</summary>
internal static class SlotFindings
{
    /// <summary>More than an hour or two of a busy legacy; somebody should know.</summary>
    private const long MuchBytes = 1L << 30;

    /// <summary>A slot of this name that is somebody else's; nothing when there is none, or it is ours.</summary>
    public static IEnumerable<SourceFinding> Foreign(PostgresSlot? slot, string name, string database)
    {
        if (slot is not null && !IsOurs(slot, database))
        {
            yield return new(FindingSeverity.Error, "slot-foreign", Thing(name), $"Replication slot '{name}' belongs to database '{slot.Database}' with plugin '{slot.Plugin}'.")
            {
                Advice = "Choose another AntiCorruption:Slot.",
            };
        }
    }

    /// <summary>How a slot of ours stands.</summary>
    public static IEnumerable<SourceFinding> Of(PostgresSlot? slot, string name, string database)
    {
        if (slot is null || !IsOurs(slot, database)) yield break;
        var kept = string.Create(CultureInfo.InvariantCulture, $"{slot.Retained / 1024.0 / 1024.0:0.0} MB of log");
        switch (slot.WalStatus)
        {
            case "lost":
                yield return new(FindingSeverity.Error, "slot-lost", Thing(name), $"Replication slot '{name}' was invalidated by the server: changes after {slot.ConfirmedFlush} are lost.")
                {
                    Cure = [$"select pg_drop_replication_slot('{name}');"], Advice = "The layer then wants AntiCorruption:OnGap=Backfill, which reads every row again.",
                };
                yield break;
            case "unreserved":
                yield return new(FindingSeverity.Warning, "slot-unreserved", Thing(name), $"Replication slot '{name}' holds back {kept}, more than max_slot_wal_keep_size: it is lost at the next checkpoint of the server.")
                {
                    Cure = ["alter system set max_slot_wal_keep_size = -1;", "select pg_reload_conf();"], Advice = "Then let the layer catch up, and set the bound again.",
                };
                break;
        }

        if (slot.IsActive) yield return new(FindingSeverity.Note, "slot-active", Thing(name), $"Replication slot '{name}' is being read and holds back {kept}.");
        else if (slot.Retained < MuchBytes) yield return new(FindingSeverity.Note, "slot-idle", Thing(name), $"Nobody reads replication slot '{name}'; it holds back {kept}.");
        else
        {
            yield return new(FindingSeverity.Warning, "slot-idle", Thing(name), $"Nobody reads replication slot '{name}', and it holds back {kept}.")
            {
                Advice = $"Start the layer; or, if it is not to come back, select pg_drop_replication_slot('{name}');",
            };
        }
    }

    private static bool IsOurs(PostgresSlot slot, string database) => slot.Plugin == "pgoutput" && slot.Database == database;

    private static string Thing(string name) => $"slot {name}";
}

/// <summary>A replication slot as the server shows it.</summary>
internal sealed record PostgresSlot
{
    public string Plugin { get; init; } = "";

    public string Database { get; init; } = "";

    /// <summary><c>reserved</c>, <c>extended</c>, <c>unreserved</c> or <c>lost</c>; empty before anything was reserved.</summary>
    public string WalStatus { get; init; } = "";

    public bool IsActive { get; init; }

    /// <summary>Bytes of log that it holds back.</summary>
    public long Retained { get; init; }

    public NpgsqlLogSequenceNumber ConfirmedFlush { get; init; }

    /// <summary>Null when there is none of this name.</summary>
    public static async Task<PostgresSlot?> ReadAsync(NpgsqlConnection connection, string name, CancellationToken cancellation) =>
        await connection.QuerySingleOrDefaultAsync<PostgresSlot>(new CommandDefinition(SlotSql, new { name }, cancellationToken: cancellation));

    private const string SlotSql =
        """
        select plugin::text as Plugin, database::text as Database, coalesce(wal_status, '') as WalStatus, active as IsActive,
          coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::bigint, 0) as Retained, confirmed_flush_lsn as ConfirmedFlush
        from pg_replication_slots
        where slot_name = @name
        """;
}
