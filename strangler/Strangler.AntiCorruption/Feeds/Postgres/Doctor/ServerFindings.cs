using Dapper;
using Npgsql;

namespace Strangler.AntiCorruption;

/// <summary>What the server and the role as a whole must allow.</summary>
internal static class ServerFindings
{
    private const string Thing = "server";

    /// <summary>pgoutput carries logical messages, which the heartbeat is, since this version.</summary>
    private const int OldestVersion = 140_000;

    public static async Task<IReadOnlyList<SourceFinding>> OfAsync(NpgsqlConnection connection, PostgresFeedOptions options, PostgresRole role, CancellationToken cancellation)
    {
        var server = await connection.QuerySingleAsync<Look>(new CommandDefinition(LookSql, new { slot = options.Slot }, cancellationToken: cancellation));
        return [.. Of(server, options, role, PostgresSource.Quote(connection.Database))];
    }

    private static IEnumerable<SourceFinding> Of(Look server, PostgresFeedOptions options, PostgresRole role, string database)
    {
        if (server.Version < OldestVersion)
        {
            yield return new(FindingSeverity.Error, "server-too-old", Thing, $"PostgreSQL {server.Version / 10_000} is too old.") { Advice = $"Capture needs PostgreSQL {OldestVersion / 10_000} or newer." };
        }

        if (server.IsStandby)
        {
            yield return new(FindingSeverity.Error, "standby", Thing, "The server is a standby, which makes no slot that survives.") { Advice = "Name the primary in the connection string." };
        }

        if (server.WalLevel != "logical")
        {
            yield return new(FindingSeverity.Error, "wal-level", Thing, $"wal_level is '{server.WalLevel}'.") { Cure = ["alter system set wal_level = logical;"], Advice = "Then restart the server." };
        }

        if (!server.HasSlot && server.Slots >= server.MaxSlots)
        {
            yield return new(FindingSeverity.Error, "slots-exhausted", Thing, $"All {server.MaxSlots} replication slots are taken (unused: {Named(server.IdleSlots)}).")
            {
                Cure = [$"alter system set max_replication_slots = {server.MaxSlots + 10};"], Advice = "Then restart the server; or drop a slot that nobody needs.",
            };
        }

        if (!server.SlotIsActive && server.Senders >= server.MaxSenders)
        {
            yield return new(FindingSeverity.Error, "senders-exhausted", Thing, $"All {server.MaxSenders} WAL senders are busy.")
            {
                Cure = [$"alter system set max_wal_senders = {server.MaxSenders + 10};"], Advice = "Then restart the server.",
            };
        }

        if (!role.MayReplicate)
        {
            yield return new(FindingSeverity.Error, "no-replication", $"role {role.Name}", $"Role {role.Name} may not replicate.") { Cure = [$"alter role {role.Quoted} replication;"] };
        }

        if (!role.MayEmit)
        {
            yield return new(FindingSeverity.Error, "no-heartbeat", $"role {role.Name}", $"Role {role.Name} may not write the heartbeat, without which the slot of a quiet database holds back the server's log.")
            {
                Cure = [$"grant execute on function pg_logical_emit_message(boolean, text, text) to {role.Quoted};"],
            };
        }

        // A logical reader counts as a synchronous standby when its application name fits: then legacy's commits would wait for the layer.
        if (server.WaitsForUs)
        {
            yield return new(FindingSeverity.Error, "synchronous", Thing, $"synchronous_standby_names is '{server.SynchronousStandbys}', which takes the layer ('{PostgresSource.ApplicationName}') for a standby: the legacy's commits would wait for it.")
            {
                Advice = "Name the standbys there one by one.",
            };
        }

        if (!server.Fsync)
        {
            yield return new(FindingSeverity.Warning, "fsync", Thing, "fsync is off: after a crash the server may have forgotten commits that were captured.")
            {
                Cure = ["alter system set fsync = on;", "select pg_reload_conf();"],
            };
        }

        if (server.KeepsWalFor == -1)
        {
            yield return new(FindingSeverity.Note, "wal-unbounded", Thing, "max_slot_wal_keep_size is -1: while the layer is down the server keeps its log until the disk is full.")
            {
                Advice = $"With alter system set max_slot_wal_keep_size = '50GB'; the slot '{options.Slot}' is given up instead, and every table is backfilled.",
            };
        }

        foreach (var gid in server.OldPrepared)
        {
            yield return new(FindingSeverity.Warning, "old-prepared", $"database {database}", $"The prepared transaction '{gid}' is open for more than an hour; until it ends nothing after it can be forgotten.")
            {
                Advice = "Commit or roll it back.",
            };
        }
    }

    private static string Named(string[] names) => names.Length == 0 ? "none" : string.Join(", ", names);

    private sealed record Look
    {
        public int Version { get; init; }

        public bool IsStandby { get; init; }

        public string WalLevel { get; init; } = "";

        public int MaxSlots { get; init; }

        public int Slots { get; init; }

        public string[] IdleSlots { get; init; } = [];

        public bool HasSlot { get; init; }

        public bool SlotIsActive { get; init; }

        public int MaxSenders { get; init; }

        public int Senders { get; init; }

        public string SynchronousStandbys { get; init; } = "";

        public bool WaitsForUs { get; init; }

        public bool Fsync { get; init; }

        /// <summary>Megabytes; -1 for no bound.</summary>
        public int KeepsWalFor { get; init; }

        public string[] OldPrepared { get; init; } = [];
    }

    private const string LookSql =
        $"""
        select current_setting('server_version_num')::int as Version,
          pg_is_in_recovery() as IsStandby,
          current_setting('wal_level') as WalLevel,
          current_setting('max_replication_slots')::int as MaxSlots,
          (select count(*)::int from pg_replication_slots) as Slots,
          array(select slot_name::text from pg_replication_slots where not active order by 1) as IdleSlots,
          exists (select 1 from pg_replication_slots where slot_name = @slot) as HasSlot,
          exists (select 1 from pg_replication_slots where slot_name = @slot and active) as SlotIsActive,
          current_setting('max_wal_senders')::int as MaxSenders,
          (select count(*)::int from pg_stat_replication) as Senders,
          current_setting('synchronous_standby_names') as SynchronousStandbys,
          current_setting('synchronous_standby_names') ~* '(^|[^a-z0-9_])"?({PostgresSource.ApplicationName}"?($|[^a-z0-9_])|[*])' as WaitsForUs,
          current_setting('fsync')::bool as Fsync,
          (select setting::int from pg_settings where name = 'max_slot_wal_keep_size') as KeepsWalFor,
          array(select gid from pg_prepared_xacts where database = current_database() and prepared < now() - interval '1 hour' order by 1) as OldPrepared
        """;
}
