using System.Data.Common;
using Dapper;

namespace Strangler.AntiCorruption;

/// <summary>
/// Rows of which a change was not told, because it came without a value that consumers may not have: an unchanged large value under a new key, or of a row that the backfill
/// has not read. Told as unchanged it would be missing downstream; so the row is asked for by name and told whole, at its own place in the order. Kept in the store with the
/// checkpoint. Thread-safe.
/// </summary>
/// <param name="database">The store.</param>
internal sealed class AwaitedRows(DbDataSource database)
{
    private readonly Lock gate = new();
    private readonly HashSet<(string Table, string Key)> rows = [];
    private TaskCompletionSource another = New();

    /// <summary>Why rows cannot be had; null while all is well.</summary>
    public string? Problem { get; set; }

    public bool IsEmpty
    {
        get
        {
            lock (gate) return rows.Count == 0;
        }
    }

    /// <summary>Ends when another row is awaited.</summary>
    public Task AnotherAsync()
    {
        lock (gate) return another.Task;
    }

    /// <summary>Takes what the store has, instead of what was known.</summary>
    public async Task LoadAsync(CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var stored = await connection.QueryAsync<(string, string)>(AclStore.Sql("select table_name, row_key from acl_awaited", null, cancellation));
        lock (gate)
        {
            rows.Clear();
            rows.UnionWith(stored);
        }
    }

    public bool Contains(string table, string key)
    {
        lock (gate) return rows.Contains((table, key));
    }

    public void Add(string table, string key)
    {
        lock (gate)
        {
            if (!rows.Add((table, key))) return;
            another.TrySetResult();
            another = New();
        }
    }

    /// <returns>False when it was not awaited.</returns>
    public bool Remove(string table, string key)
    {
        lock (gate) return rows.Remove((table, key));
    }

    /// <summary>Some of the rows of the first of the tables that has any.</summary>
    public (CapturedTable Table, IReadOnlyList<string> Keys)? Next(IEnumerable<CapturedTable> tables, int limit)
    {
        lock (gate)
        {
            foreach (var table in tables)
            {
                List<string> keys = [.. rows.Where(row => row.Table == table.Name).Select(static row => row.Key).Take(limit)];
                if (keys.Count > 0) return (table, keys);
            }

            return null;
        }
    }

    /// <summary>Stores what changed, inside the transaction that moves the checkpoint.</summary>
    public static async Task SaveAsync(DbConnection connection, DbTransaction transaction, SafeProgress progress, CancellationToken cancellation)
    {
        foreach (var rows in progress.Awaited.GroupBy(static row => (row.Key.Table, IsAwaited: row.Value), static row => row.Key.Key))
        {
            var (list, keys) = KeyList.Of(connection, rows);
            var sql = rows.Key.IsAwaited
                ? $"insert into acl_awaited (table_name, row_key) select @Table, value from {list} where true on conflict (table_name, row_key) do nothing"
                : $"delete from acl_awaited where table_name = @Table and row_key in (select value from {list})";
            await connection.ExecuteAsync(AclStore.Sql(sql, new { rows.Key.Table, Keys = keys }, cancellation, transaction));
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
