using System.Globalization;
using Npgsql;
using NpgsqlTypes;

namespace Strangler.Faults.Workload;

/// <summary>The statements of one transaction, each noted in its draft.</summary>
internal sealed class RowOperations(NpgsqlConnection connection, NpgsqlTransaction transaction, Draft draft)
{
    private const string Savepoint = "before";

    /// <summary>Changes of a table's shape that leave alone what the translator reads; the last two write the whole table anew.</summary>
    private static readonly string[] Reshapings =
    [
        "alter table {0} drop column if exists extra, drop column if exists renamed",
        "alter table {0} drop column if exists extra, add column extra bigint default 7",
        "alter table {0} drop column if exists extra, drop column if exists renamed, add column extra text; alter table {0} rename column extra to renamed",
        "alter table {0} drop column if exists extra, add column extra uuid default gen_random_uuid()",
        "alter table {0} drop column if exists extra, add column extra integer default 1; alter table {0} alter column extra type numeric(12, 2)",
    ];

    public Draft Draft => draft;

    public async Task InsertAsync(RowId row, RowValues values)
    {
        await ExecuteAsync($"insert into {row.Table.Name} (id, n, note, big) values ($1, $2, $3, $4)", row.Id, values.N, values.Note, values.Big);
        draft.Write(row, values);
    }

    /// <param name="row">One that is there.</param>
    /// <param name="values">What it then holds.</param>
    /// <param name="withBig">False leaves the large value alone, so that the source need not send it.</param>
    public async Task UpdateAsync(RowId row, RowValues values, bool withBig)
    {
        await (withBig
            ? ExecuteAsync($"update {row.Table.Name} set n = $2, note = $3, big = $4 where id = $1", row.Id, values.N, values.Note, values.Big)
            : ExecuteAsync($"update {row.Table.Name} set n = $2, note = $3 where id = $1", row.Id, values.N, values.Note));
        draft.Write(row, values);
    }

    /// <summary>Changes the key of a row.</summary>
    public async Task MoveAsync(RowId row, RowId to, RowValues values, bool withBig)
    {
        await (withBig
            ? ExecuteAsync($"update {row.Table.Name} set id = $2, n = $3, note = $4, big = $5 where id = $1", row.Id, to.Id, values.N, values.Note, values.Big)
            : ExecuteAsync($"update {row.Table.Name} set id = $2, n = $3, note = $4 where id = $1", row.Id, to.Id, values.N, values.Note));
        draft.Delete(row);
        draft.Write(to, values);
    }

    public async Task DeleteAsync(RowId row)
    {
        await ExecuteAsync($"delete from {row.Table.Name} where id = $1", row.Id);
        draft.Delete(row);
    }

    /// <summary>Deletes every row from one id up to, not including, another.</summary>
    public async Task DeleteAsync(SourceTable table, long from, long to)
    {
        await ExecuteAsync($"delete from {table.Name} where id >= $1 and id < $2", from, to);
        for (var id = from; id < to; id++) draft.Delete(new(table, id));
    }

    /// <summary>Empties a table.</summary>
    /// <param name="table">The table.</param>
    /// <param name="committed">Every row that it had before this transaction.</param>
    public async Task TruncateAsync(SourceTable table, IEnumerable<RowId> committed)
    {
        await ExecuteAsync($"truncate {table.Name}");
        RowId[] own = [.. draft.Writes.Where(write => write.Row.Table == table).Select(static write => write.Row)];
        foreach (var row in committed.Union(own)) draft.Delete(row);
    }

    public async Task CopyAsync(SourceTable table, IEnumerable<(RowId Row, RowValues Values)> rows)
    {
        await using var writer = await connection.BeginBinaryImportAsync($"copy {table.Name} (id, n, note, big) from stdin (format binary)");
        foreach (var (row, values) in rows)
        {
            await writer.StartRowAsync();
            await writer.WriteAsync(row.Id, NpgsqlDbType.Bigint);
            await writer.WriteAsync(values.N, NpgsqlDbType.Bigint);
            await writer.WriteAsync(values.Note, NpgsqlDbType.Text);
            await writer.WriteAsync(values.Big, NpgsqlDbType.Text);
            draft.Write(row, values);
        }

        await writer.CompleteAsync();
    }

    /// <summary>Adds, drops, renames or retypes a column that nobody reads. First in its transaction: it waits for everybody who writes the table, who must not wait for what it holds already.</summary>
    public Task ReshapeAsync(SourceTable table, Random random) => ExecuteAsync(string.Format(CultureInfo.InvariantCulture, Reshapings[random.Next(Reshapings.Length)], table.Name));

    /// <summary>Does something and takes it back, to a savepoint: nobody may ever see it.</summary>
    public async Task UndoneAsync(Func<RowOperations, Task> work)
    {
        var before = draft.Savepoint;
        await transaction.SaveAsync(Savepoint);
        await work(this);
        await transaction.RollbackAsync(Savepoint);
        draft.RollBackTo(before);
    }

    private async Task ExecuteAsync(string sql, params object?[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection, transaction);
        foreach (var value in values) command.Parameters.Add(value is string or null ? new() { Value = value ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text } : new() { Value = value });
        await command.ExecuteNonQueryAsync();
    }
}
