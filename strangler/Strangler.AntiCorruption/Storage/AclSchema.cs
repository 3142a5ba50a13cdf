using System.Data.Common;
using Dapper;
using Npgsql;

namespace Strangler.AntiCorruption;

/// <summary>
/// The tables of the anti-corruption layer's own store, and the steps from every version of them to this one. A step that was ever released is never edited.
/// The same text runs on PostgreSQL and SQLite.
/// </summary>
internal static class AclSchema
{
    /// <summary>The version that this code reads and writes: the number of steps.</summary>
    public static int Version => Steps.Length;

    /// <summary>Brings the store to <see cref="Version"/>, in one transaction.</summary>
    /// <exception cref="StoreTooNewException">A later version of the layer has written it.</exception>
    public static async Task UpgradeAsync(DbConnection connection, CancellationToken cancellation)
    {
        // SQLite: begin immediate. PostgreSQL lets two at once make one table, and refuses one of them: so they take turns.
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        if (connection is NpgsqlConnection) await ExecuteAsync("select pg_advisory_xact_lock(7310579602281526881)");
        await ExecuteAsync("create table if not exists acl_schema (version integer not null)");
        var version = await connection.QueryFirstOrDefaultAsync<int?>(AclStore.Sql("select version from acl_schema", null, cancellation, transaction)) ?? 0;
        if (version > Version) throw new StoreTooNewException(version, Version);
        if (version == Version) return;

        foreach (var step in Steps[version..]) await ExecuteAsync(step);
        await ExecuteAsync($"delete from acl_schema; insert into acl_schema (version) values ({Version})");
        await transaction.CommitAsync(cancellation);

        Task ExecuteAsync(string sql) => connection.ExecuteAsync(AclStore.Sql(sql, null, cancellation, transaction));
    }

    // Stores without a version are of before it was written down: whatever they lack is made. Their backfills (acl_backfill) did not keep which rows they read,
    // so every table is read once more, beside the stream, which goes on where it was.
    private const string Tables =
        """
        create table if not exists acl_checkpoint (
            id integer primary key check (id = 1),
            source_id text not null,
            position bigint not null,
            committed_at text not null,
            saved_at text not null);
        create table if not exists acl_counts (
            translator text not null,
            outcome text not null,
            reason text not null,
            changes bigint not null,
            primary key (translator, outcome, reason));
        drop table if exists acl_backfill;
        create table if not exists acl_backfills (
            table_name text primary key,
            generation integer not null,
            state text not null,
            filter text not null,
            measured integer not null,
            last_key text,
            up_to text,
            rows_done bigint not null,
            rows_total bigint,
            started_at text not null,
            ended_at text,
            problem text);
        create table if not exists acl_rows (
            table_name text not null,
            row_key text not null,
            generation integer not null,
            primary key (table_name, row_key));
        create table if not exists acl_shapes (
            table_name text primary key,
            columns text not null,
            generation text not null);
        create table if not exists acl_quarantine (
            id text primary key,
            version text not null,
            translator text not null,
            table_name text not null,
            row_key text not null,
            rule text not null,
            reason text not null,
            state text not null,
            first_seen text not null,
            change text not null);
        create index if not exists acl_quarantine_row on acl_quarantine (translator, table_name, row_key);
        """;

    private const string Gaps =
        """
        alter table acl_checkpoint add column raised_by bigint not null default 0;
        alter table acl_checkpoint add column healed_at text;
        """;

    private const string Awaited =
        """
        create table acl_awaited (
            table_name text not null,
            row_key text not null,
            primary key (table_name, row_key));
        """;

    private const string Lease =
        """
        create table acl_lease (
            id integer primary key check (id = 1),
            epoch bigint not null,
            beats bigint not null,
            holder text not null);
        insert into acl_lease (id, epoch, beats, holder) values (1, 0, 0, '');
        """;

    // Of an earlier version later changes of a row went past the one that made a translator throw; from here on they queue behind it.
    private const string Parked =
        """
        alter table acl_quarantine add column old_key text;
        alter table acl_quarantine add column behind text;
        update acl_quarantine set state = 'parked' where state = 'open' and rule = 'translator-failed';
        create index acl_quarantine_version on acl_quarantine (version, translator);
        create index acl_quarantine_parking on acl_quarantine (id) where state = 'parked' and (behind is null or old_key is not null);
        """;

    private static readonly string[] Steps = [Tables, Gaps, Awaited, Lease, Parked];
}
