using Dapper;
using Npgsql;

namespace Strangler.AntiCorruption;

/// <summary>
/// Looks at the tables before anything is published. A published table without a usable replica identity makes the legacy's own UPDATE and
/// DELETE fail (PostgreSQL manual, "Publication"), so such a table is refused before it is published.
/// </summary>
internal static class PostgresTables
{
    public static async Task<IReadOnlyList<string>> ProblemsAsync(NpgsqlConnection connection, IReadOnlyList<CapturedTable> tables, CancellationToken cancellation)
    {
        var problems = new List<string>();
        foreach (var table in tables) problems.AddRange(await ProblemsAsync(connection, table, cancellation));
        return problems;
    }

    /// <summary>Asks the source to record whole old rows of the tables whose translators compare them.</summary>
    public static async Task RecordOldRowsAsync(NpgsqlConnection connection, IReadOnlyList<CapturedTable> tables, CancellationToken cancellation)
    {
        foreach (var table in tables.Where(static table => table.NeedsBefore))
        {
            if (await LookAsync(connection, table, cancellation) is not { Identity: 'f' })
            {
                await connection.ExecuteAsync(new CommandDefinition(FullIdentity(table), cancellationToken: cancellation));
            }
        }
    }

    private static async Task<IEnumerable<string>> ProblemsAsync(NpgsqlConnection connection, CapturedTable table, CancellationToken cancellation)
    {
        if (await LookAsync(connection, table, cancellation) is not { } found) return [$"There is no table '{table.Name}'. Correct its name, or create it."];
        var problems = new List<string>();
        if (!found.MayRead) problems.Add($"Table '{table.Name}' may not be read by this role: grant select on {PostgresSource.QuoteTable(table.Name)} to {found.Role};");
        if (table.KeyColumn.Length > 0 && !found.Columns.Contains(table.KeyColumn))
        {
            problems.Add($"Table '{table.Name}' has no column '{table.KeyColumn}'; it has {string.Join(", ", found.Columns)}.");
        }
        else if (table.KeyColumn.Length > 0 && !found.UniqueColumns.Contains(table.KeyColumn))
        {
            problems.Add($"Column '{table.KeyColumn}' of table '{table.Name}' is not unique, so it cannot be its key: create unique index on {PostgresSource.QuoteTable(table.Name)} ({PostgresSource.Quote(table.KeyColumn)});");
        }
        else if (table.NeedsBefore && found.Identity != 'f' && !found.MayAlter)
        {
            problems.Add($"Table '{table.Name}' does not record whole old rows, and this role may not change that: {FullIdentity(table)}");
        }
        else if (!table.NeedsBefore && !found.HasUsableIdentity)
        {
            problems.Add($"Table '{table.Name}' has no usable replica identity; published, its updates and deletes would fail: {FullIdentity(table)}");
        }

        return problems;
    }

    private static string FullIdentity(CapturedTable table) => $"alter table {PostgresSource.QuoteTable(table.Name)} replica identity full;";

    private static async Task<Look?> LookAsync(NpgsqlConnection connection, CapturedTable table, CancellationToken cancellation)
    {
        var (schema, name) = PostgresSource.Split(table.Name);
        return await connection.QuerySingleOrDefaultAsync<Look>(new CommandDefinition(LookSql, new { schema, name }, cancellationToken: cancellation));
    }

    private sealed record Look
    {
        public string Role { get; init; } = "";

        public bool MayRead { get; init; }

        public bool MayAlter { get; init; }

        /// <summary><c>pg_class.relreplident</c>: d = primary key, i = an index, f = whole row, n = nothing.</summary>
        public char Identity { get; init; }

        public bool HasUsableIdentity { get; init; }

        public string[] Columns { get; init; } = [];

        public string[] UniqueColumns { get; init; } = [];
    }

    private const string LookSql =
        """
        select current_user::text as Role,
          has_table_privilege(c.oid, 'select') as MayRead,
          pg_has_role(c.relowner, 'usage') as MayAlter,
          c.relreplident as Identity,
          c.relreplident = 'f'
            or (c.relreplident = 'd' and exists (select 1 from pg_index i where i.indrelid = c.oid and i.indisprimary))
            or (c.relreplident = 'i' and exists (select 1 from pg_index i where i.indrelid = c.oid and i.indisreplident)) as HasUsableIdentity,
          array(select a.attname::text from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped order by a.attnum) as Columns,
          array(
            select a.attname::text
            from pg_index i
            join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
            where i.indrelid = c.oid and i.indisunique and i.indisvalid and i.indnkeyatts = 1 and i.indpred is null) as UniqueColumns
        from pg_class c
        join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = @schema and c.relname = @name and c.relkind in ('r', 'p')
        """;
}
