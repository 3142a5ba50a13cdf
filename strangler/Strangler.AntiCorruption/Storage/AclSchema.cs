namespace Strangler.AntiCorruption;

/// <summary>The tables of the anti-corruption layer's own store. The same text runs on PostgreSQL and SQLite.</summary>
internal static class AclSchema
{
    public const string Create =
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
}
