using System.Data.Common;
using Dapper;

namespace Strangler.AntiCorruption;

/// <summary>How far the backfill of each table is, in the layer's store.</summary>
/// <param name="database">The store.</param>
/// <param name="lease">Under which everything is stored.</param>
internal sealed class BackfillStore(DbDataSource database, LayerLease lease)
{
    public async Task<IReadOnlyList<Backfill>> ReadAsync(CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return [.. await connection.QueryAsync<Backfill>(AclStore.Sql(Select, null, cancellation))];
    }

    /// <summary>Begins a backfill, or begins it again as another generation.</summary>
    public Task BeginAsync(Backfill backfill, CancellationToken cancellation) => lease.StoreAsync(Begin, backfill, cancellation);

    /// <summary>Stores state, extent and problem; what chunks move is left to them.</summary>
    public Task UpdateAsync(Backfill backfill, CancellationToken cancellation) => lease.StoreAsync(Update, backfill, cancellation);

    /// <summary>The table is not captured any more.</summary>
    public Task LeaveAsync(string table, CancellationToken cancellation) =>
        lease.StoreAsync("update acl_backfills set state = 'left' where table_name = @table", new { table }, cancellation);

    /// <summary>Moves the backfills past chunks that are safe, and begins those of truncated tables, inside the transaction that moves the checkpoint past them.</summary>
    public static async Task SaveAsync(DbConnection connection, DbTransaction transaction, SafeProgress progress, string now, CancellationToken cancellation)
    {
        foreach (var (table, generation) in progress.Truncated)
        {
            await connection.ExecuteAsync(AclStore.Sql(Begin, new Backfill { Table = table, Generation = generation, StartedAt = now }, cancellation, transaction));
        }

        foreach (var chunk in progress.Chunks.Where(static chunk => chunk.Request.Keys is null))
        {
            var values = new
            {
                Table = chunk.Request.Table.Name, chunk.Request.Generation, chunk.LastKey, chunk.RowsRead, IsLast = chunk.IsLast ? 1 : 0,
                Sweeps = Backfill.Sweeps(chunk) ? 1 : 0, Now = now,
            };
            await connection.ExecuteAsync(AclStore.Sql(Move, values, cancellation, transaction));
        }
    }

    private const string Select =
        """
        select table_name as "Table", generation as Generation, state as State, filter as Filter, measured as Measured, last_key as LastKey, up_to as UpTo,
            rows_done as RowsDone, rows_total as RowsTotal, started_at as StartedAt, ended_at as EndedAt, problem as Problem
        from acl_backfills
        order by table_name
        """;

    private const string Begin =
        """
        insert into acl_backfills (table_name, generation, state, filter, measured, rows_done, started_at)
        values (@Table, @Generation, @State, @Filter, 0, 0, @StartedAt)
        on conflict (table_name) do update
        set generation = excluded.generation, state = excluded.state, filter = excluded.filter, measured = 0, last_key = null, up_to = null, rows_done = 0,
            rows_total = null, started_at = excluded.started_at, ended_at = null, problem = null
        """;

    private const string Update =
        """
        update acl_backfills
        set state = @State, measured = @Measured, up_to = @UpTo, rows_total = @RowsTotal, ended_at = @EndedAt, problem = @Problem
        where table_name = @Table and generation = @Generation and state <> 'complete'
        """;

    private const string Move =
        """
        update acl_backfills
        set last_key = @LastKey, rows_done = rows_done + @RowsRead,
            rows_total = case when @IsLast = 1 then rows_done + @RowsRead else rows_total end,
            state = case when @IsLast = 0 then state when @Sweeps = 1 then 'sweeping' else 'complete' end,
            ended_at = case when @IsLast = 1 and @Sweeps = 0 then @Now else ended_at end,
            problem = null
        where table_name = @Table and generation = @Generation
        """;
}
