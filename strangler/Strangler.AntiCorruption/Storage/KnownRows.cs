using System.Data.Common;
using Dapper;

namespace Strangler.AntiCorruption;

/// <summary>
/// Which rows of each table the layer has read, and by which backfill last: the only way to find, when changes were lost, the rows that are gone.
/// A plain update of a row changes nothing here once a backfill has read the whole table. Bounded by the rows of the source; never in memory as a whole.
/// </summary>
/// <param name="database">The store.</param>
internal sealed class KnownRows(DbDataSource database)
{
    /// <summary>Keys that no backfill since the given one has seen, and no change, in the order of their text.</summary>
    /// <param name="table">The table.</param>
    /// <param name="generation">The backfill that has just read the whole table.</param>
    /// <param name="after">Key of the last one already looked at; null to begin.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<IReadOnlyList<string>> UnseenAsync(string table, int generation, string? after, int limit, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return [.. await connection.QueryAsync<string>(AclStore.Sql(Unseen, new { table, generation, after = after ?? "", limit }, cancellation))];
    }

    /// <summary>Stores what changes and chunks said about rows (see <see cref="SafeProgress.Rows"/>), inside a transaction under the lease.</summary>
    public static async Task SaveAsync(
        DbConnection connection, DbTransaction transaction, IEnumerable<KeyValuePair<(string Table, string Key), int?>> said, CancellationToken cancellation)
    {
        foreach (var rows in said.GroupBy(static row => (row.Key.Table, Generation: row.Value), static row => row.Key.Key))
        {
            var (list, keys) = KeyList.Of(connection, rows);
            var sql = rows.Key.Generation is null
                ? $"delete from acl_rows where table_name = @Table and row_key in (select value from {list})"
                : $"""
                  insert into acl_rows (table_name, row_key, generation)
                  select @Table, value, @Generation from {list} where true
                  on conflict (table_name, row_key) do update set generation = excluded.generation
                  """;
            await connection.ExecuteAsync(AclStore.Sql(sql, new { rows.Key.Table, rows.Key.Generation, Keys = keys }, cancellation, transaction));
        }
    }

    private const string Unseen =
        """
        select row_key
        from acl_rows
        where table_name = @table and generation < @generation and row_key > @after
        order by row_key
        limit @limit
        """;
}
