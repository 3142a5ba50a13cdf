using Dapper;
using Microsoft.Data.Sqlite;
using Strangler.Faults.Subject;
using Strangler.Faults.Workload;

namespace FaultHarness.Tests;

/// <summary>What a writer does to a row.</summary>
internal enum SqliteOperation
{
    /// <summary>insert or replace: takes the place of the row with its key, and of the one that wears its badge.</summary>
    Replace,

    Update,
    Move,
    Delete,

    /// <summary>A parent goes, and its rows with it.</summary>
    Cascade,
}

/// <summary>
/// Writes rows of its own keys in transactions that others wait for, some of them rolled back, some holding the file for long, and puts down what it committed. It takes nobody's
/// patience for granted: a busy file is tried again.
/// </summary>
internal sealed class SqliteWriter(int number, int writers, string connectionString, Random random, Numbers numbers, CommittedRows committed)
{
    private const int Keys = 12;
    private const int Badges = 6;
    private const int Parents = 3;

    private readonly Dictionary<SqliteOperation, int> counts = [];
    private int transactions;

    public static async Task CreateTablesAsync(string connectionString)
    {
        await using var connection = new SqliteConnection(connectionString);
        await connection.ExecuteAsync("pragma journal_mode = wal; create table parent (id integer primary key)");
        foreach (var table in SourceTable.All)
        {
            await connection.ExecuteAsync(
                $"create table {table.Name} (id integer primary key, n integer not null, note text, big text, badge integer unique, parent_id integer references parent (id) on delete cascade)");
        }
    }

    /// <summary>How often it was part of a committed transaction.</summary>
    public int Committed(SqliteOperation operation) => counts.GetValueOrDefault(operation);

    public async Task WriteAsync(int most, CancellationToken stop)
    {
        await using var connection = new SqliteConnection($"{connectionString};Foreign Keys=True;Pooling=False");
        await connection.OpenAsync(CancellationToken.None);
        for (var written = 0; written < most && !stop.IsCancellationRequested; written++)
        {
            await WriteAsync(connection, stop);
            await Task.Delay(random.Next(15), stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task WriteAsync(SqliteConnection connection, CancellationToken stop)
    {
        var (effects, done) = (new List<CommittedWrite>(), new List<SqliteOperation>());
        await using var transaction = connection.BeginTransaction(deferred: false);
        for (var operations = random.Next(1, 5); operations > 0; operations--)
        {
            var operation = (SqliteOperation)random.Next(10) switch { > SqliteOperation.Cascade => SqliteOperation.Replace, var drawn => drawn };
            if (await DoAsync(connection, operation, effects)) done.Add(operation);
        }

        if (random.Next(50) == 0) await Task.Delay(300, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (random.Next(6) == 0)
        {
            await transaction.RollbackAsync(CancellationToken.None);
            return;
        }

        await transaction.CommitAsync(CancellationToken.None);
        committed.Add($"{number}.{++transactions}", effects);
        foreach (var operation in done) counts[operation] = counts.GetValueOrDefault(operation) + 1;
    }

    /// <returns>False when there was no row to do it to.</returns>
    private async Task<bool> DoAsync(SqliteConnection connection, SqliteOperation operation, List<CommittedWrite> effects)
    {
        var table = SourceTable.All[random.Next(SourceTable.All.Count)].Name;
        var (id, n) = (Own(Keys), numbers.Next());
        switch (operation)
        {
            case SqliteOperation.Replace:
                var row = new { id, n, note = random.Next(4) == 0 ? null : $"note {n}", big = new string('x', random.Next(200)), badge = Own(Badges), parent = Own(Parents) };
                await GoneAsync("badge = @badge and id <> @id", row);
                await connection.ExecuteAsync("insert or ignore into parent values (@parent)", row);
                await connection.ExecuteAsync($"insert or replace into {table} (id, n, note, big, badge, parent_id) values (@id, @n, @note, @big, @badge, @parent)", row);
                effects.Add(new($"{table}/{id}", n, RowHash.Of(n, row.note, row.big)));
                return true;
            case SqliteOperation.Update:
                return await WrittenAsync($"update {table} set n = @n, note = 'updated' where id = @id returning id, note, big", new { id, n });
            case SqliteOperation.Move:
                var to = new { id, n, other = Own(Keys) };
                if (to.other == id || !await connection.ExecuteScalarAsync<bool>($"select exists (select 1 from {table} where id = @id)", to)) return false;
                await GoneAsync("id in (@id, @other)", to);
                await connection.ExecuteAsync($"delete from {table} where id = @other", to);
                return await WrittenAsync($"update {table} set id = @other, n = @n where id = @id returning id, note, big", to);
            case SqliteOperation.Delete:
                await GoneAsync("id = @id", new { id });
                return await connection.ExecuteAsync($"delete from {table} where id = @id", new { id }) > 0;
            default:
                var parent = Own(Parents);
                foreach (var one in SourceTable.All) effects.AddRange((await connection.QueryAsync<long>($"select id from {one.Name} where parent_id = @parent", new { parent })).Select(gone => new CommittedWrite($"{one.Name}/{gone}", null, null)));
                return await connection.ExecuteAsync("delete from parent where id = @parent", new { parent }) > 0;
        }

        async Task GoneAsync(string which, object values) =>
            effects.AddRange((await connection.QueryAsync<long>($"select id from {table} where {which}", values)).Select(gone => new CommittedWrite($"{table}/{gone}", null, null)));

        async Task<bool> WrittenAsync(string sql, object values)
        {
            var rows = (await connection.QueryAsync<(long Id, string? Note, string? Big)>(sql, values)).AsList();
            effects.AddRange(rows.Select(written => new CommittedWrite($"{table}/{written.Id}", n, RowHash.Of(n, written.Note, written.Big))));
            return rows.Count > 0;
        }
    }

    /// <summary>One of the values that are this writer's.</summary>
    private int Own(int values) => (random.Next(values) * writers) + number + 1;
}
