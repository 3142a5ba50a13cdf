using Dapper;
using Npgsql;

namespace Strangler.AntiCorruption;

/// <summary>What the catalogue says of one captured table.</summary>
internal sealed record PostgresTable
{
    public CapturedTable Captured { get; private init; } = null!;

    public long Oid { get; init; }

    public string Sql => PostgresSource.QuoteTable(Captured.Name);

    public string Schema { get; init; } = "";

    /// <summary><c>pg_class.relkind</c>: r = table, p = partitioned, f = foreign, v and m = view.</summary>
    public char Kind { get; init; }

    /// <summary><c>pg_class.relpersistence</c>: p = logged, u = unlogged, t = temporary.</summary>
    public char Persistence { get; init; }

    /// <summary>True for what a publication takes, if need be after a cure.</summary>
    public bool IsPublishable => Kind is 'r' or 'p' && Persistence != 't';

    public bool MayUseSchema { get; init; }

    public bool MayRead { get; init; }

    public bool MayAlter { get; init; }

    /// <summary>True when row security would hide rows from this role without a word.</summary>
    public bool HidesRows { get; init; }

    /// <summary>The table that it is a partition of; null when it is none.</summary>
    public string? Parent { get; init; }

    /// <summary>Tables that inherit from it, partitions apart.</summary>
    public string[] Heirs { get; init; } = [];

    /// <summary>The tables that hold its rows (itself, or its partitions) and lack a usable replica identity.</summary>
    public string[] WithoutIdentity { get; init; } = [];

    /// <summary>The statements after which old rows carry the key column, for the tables that hold its rows and have a replica identity without it.</summary>
    public string[] KeyIdentity { get; init; } = [];

    /// <summary>The tables that hold its rows and do not record whole old rows.</summary>
    public string[] WithoutOldRows { get; init; } = [];

    public string[] Columns { get; init; } = [];

    /// <summary>Types of <see cref="Columns"/>.</summary>
    public string[] Types { get; init; } = [];

    public string[] GeneratedColumns { get; init; } = [];

    public string[] UniqueColumns { get; init; } = [];

    /// <summary>The columns that changes of it carry.</summary>
    public TableShape Shape => new(
        Captured.Name, [.. Columns.Zip(Types, KeyValuePair.Create).Where(column => !GeneratedColumns.Contains(column.Key))]);

    /// <summary>Null when there is nothing of this name.</summary>
    public static async Task<PostgresTable?> ReadAsync(NpgsqlConnection connection, CapturedTable table, CancellationToken cancellation)
    {
        var (schema, name) = PostgresSource.Split(table.Name);
        var found = await connection.QuerySingleOrDefaultAsync<PostgresTable>(new CommandDefinition(LookSql, new { schema, name, key = table.KeyColumn }, cancellationToken: cancellation));
        return found is null ? null : found with { Captured = table };
    }

    // The server takes for a key only what is valid, unique and immediate: a deferrable primary key is none (RelationGetIndexList).
    private const string LookSql =
        """
        with held as (
          select h.oid, h.relreplident, format('"%s"."%s"', replace(s.nspname, '"', '""'), replace(h.relname, '"', '""')) as name
          from pg_class c
          join pg_namespace n on n.oid = c.relnamespace and n.nspname = @schema
          join lateral (select relid from pg_partition_tree(c.oid) where isleaf union select c.oid where c.relkind <> 'p') t on true
          join pg_class h on h.oid = t.relid
          join pg_namespace s on s.oid = h.relnamespace
          where c.relname = @name)
        select c.oid::bigint as Oid, n.nspname::text as Schema, c.relkind as Kind, c.relpersistence as Persistence,
          has_schema_privilege(n.oid, 'usage') as MayUseSchema,
          has_table_privilege(c.oid, 'select') as MayRead,
          pg_has_role(c.relowner, 'usage') as MayAlter,
          c.relrowsecurity and row_security_active(c.oid) as HidesRows,
          case when c.relispartition then (select i.inhparent::regclass::text from pg_inherits i where i.inhrelid = c.oid) end as Parent,
          array(select i.inhrelid::regclass::text from pg_inherits i join pg_class h on h.oid = i.inhrelid and not h.relispartition where i.inhparent = c.oid order by 1) as Heirs,
          array(select name from held where not (
            relreplident = 'f'
            or (relreplident = 'd' and exists (select 1 from pg_index i where i.indrelid = held.oid and i.indisprimary and i.indisvalid and i.indimmediate))
            or (relreplident = 'i' and exists (select 1 from pg_index i where i.indrelid = held.oid and i.indisreplident and i.indisvalid))) order by 1) as WithoutIdentity,
          array(select name from held where relreplident <> 'f' order by 1) as WithoutOldRows,
          array(
            select coalesce(
              (select format('alter table %s replica identity using index "%s";', name, replace(x.relname, '"', '""'))
               from pg_index i
               join pg_class x on x.oid = i.indexrelid
               join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0] and a.attname = @key and a.attnotnull
               where i.indrelid = held.oid and i.indisunique and i.indisvalid and i.indimmediate and i.indnkeyatts = 1 and i.indpred is null
               order by x.relname limit 1),
              format('alter table %s replica identity full;', name))
            from held
            where exists (select 1 from pg_index i where i.indrelid = held.oid and i.indisvalid and ((relreplident = 'd' and i.indisprimary and i.indimmediate) or (relreplident = 'i' and i.indisreplident)))
              and not exists (
                select 1
                from pg_index i
                join pg_attribute a on a.attrelid = i.indrelid and a.attname = @key and a.attnum = any ((i.indkey::int2[])[0:i.indnkeyatts - 1])
                where i.indrelid = held.oid and ((relreplident = 'd' and i.indisprimary) or (relreplident = 'i' and i.indisreplident)))
            order by name) as KeyIdentity,
          array(select a.attname::text from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped order by a.attnum) as Columns,
          array(select format_type(a.atttypid, a.atttypmod) from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped order by a.attnum) as Types,
          array(select a.attname::text from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated <> '' order by a.attnum) as GeneratedColumns,
          array(
            select a.attname::text
            from pg_index i
            join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
            where i.indrelid = c.oid and i.indisunique and i.indisvalid and i.indnkeyatts = 1 and i.indpred is null) as UniqueColumns
        from pg_class c
        join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = @schema and c.relname = @name and c.relkind in ('r', 'p', 'f', 'v', 'm')
        """;
}
