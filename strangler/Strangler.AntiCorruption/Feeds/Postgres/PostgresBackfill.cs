using System.Globalization;
using System.Runtime.CompilerServices;
using Dapper;
using Npgsql;
using Npgsql.Replication;
using Strangler.Messaging;

namespace Strangler.AntiCorruption;

/// <summary>
/// Reads the rows of a table as of one exact position: a temporary logical slot has a consistent point and exports the snapshot of that
/// instant (PostgreSQL manual, "Logical Decoding Concepts", Exported Snapshots). A transaction whose commit record lies before the point is in
/// the snapshot, one whose record begins at it or after is not. So rows read at point P have the version (P − 1, number of the row): newer than
/// every change they contain, older than every change they do not. Making the slot waits for the transactions that are open; the snapshot holds
/// back the cleaning of old rows while it is read.
/// </summary>
internal sealed class PostgresBackfill(PostgresSource source, PostgresFeedOptions options)
{
    // Below this many rows an exact count costs nothing; above it the planner's estimate will do.
    private const long CountExactlyBelow = 100_000;

    public async IAsyncEnumerable<BackfillChunk> ReadAsync(CapturedTable table, string? afterKey, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var replication = await source.OpenReplicationAsync(cancellation);
        var slot = await replication.CreatePgOutputReplicationSlot(
            $"{options.Slot}_backfill_{Guid.NewGuid().ToString("N")[..8]}", temporarySlot: true, slotSnapshotInitMode: LogicalSlotSnapshotInitMode.Export, cancellationToken: cancellation);
        await using var connection = await source.OpenAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellation);
        await ExecuteAsync($"set transaction snapshot '{slot.SnapshotName}'");

        var columns = (await connection.QueryAsync<(string Name, string Type)>(Command(ColumnsSql, new { table = PostgresSource.QuoteTable(table.Name) }))).ToList();
        var shape = new RowShape([.. columns.Select(static column => column.Name)]);
        var keyIndex = shape.IndexOf(table.KeyColumn);
        var total = await connection.ExecuteScalarAsync<long>(Command(EstimateSql, new { table = PostgresSource.QuoteTable(table.Name) }));
        if (total < CountExactlyBelow) total = await connection.ExecuteScalarAsync<long>(Command($"select count(*) from {PostgresSource.QuoteTable(table.Name)}", null));
        var readAt = new DateTimeOffset(await connection.ExecuteScalarAsync<DateTime>(Command("select now()", null)), TimeSpan.Zero);

        var position = (ulong)slot.ConsistentPoint - 1;
        uint ordinal = 0;
        while (true)
        {
            var rows = new List<RowChange>();
            await using (var command = new NpgsqlCommand(ChunkSql(table, columns, afterKey), connection, transaction))
            {
                if (afterKey is not null) command.Parameters.AddWithValue("after", afterKey);
                await using var reader = await command.ExecuteReaderAsync(cancellation);
                while (await reader.ReadAsync(cancellation))
                {
                    var values = new string?[columns.Count];
                    for (var column = 0; column < values.Length; column++) values[column] = reader.IsDBNull(column) ? null : reader.GetString(column);
                    rows.Add(new(table.Name, ChangeKind.Insert, null, new SourceRow(shape, values), new MessageVersion(position, ++ordinal), readAt));
                    afterKey = values[keyIndex];
                }
            }

            if (rows.Count == 0) yield break;
            yield return new(rows, afterKey ?? throw new InvalidDataException($"A key of '{table.Name}' is null."), total);
        }

        CommandDefinition Command(string sql, object? values) => new(sql, values, transaction, cancellationToken: cancellation);

        Task ExecuteAsync(string sql) => connection.ExecuteAsync(Command(sql, null));
    }

    private string ChunkSql(CapturedTable table, List<(string Name, string Type)> columns, string? afterKey)
    {
        var key = PostgresSource.Quote(table.KeyColumn);
        // concat() prints a value by its type's output function, as logical decoding does; a cast to text trims char(n) and spells booleans out.
        var list = columns.Select(static column => PostgresSource.Quote(column.Name)).Select(static name => $"case when t.{name} is not null then concat(t.{name}) end");
        var page = afterKey is null ? "" : $"where t.{key} > cast(@after as {columns.Single(column => column.Name == table.KeyColumn).Type}) ";
        return string.Create(
            CultureInfo.InvariantCulture, $"select {string.Join(", ", list)} from {PostgresSource.QuoteTable(table.Name)} t {page}order by t.{key} limit {options.ChunkRows}");
    }

    // Generated columns are not replicated by PostgreSQL before 18, so a backfill leaves them out too.
    private const string ColumnsSql =
        """
        select a.attname::text, format_type(a.atttypid, a.atttypmod)
        from pg_attribute a
        where a.attrelid = cast(@table as regclass) and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
        order by a.attnum
        """;

    private const string EstimateSql = "select reltuples::bigint from pg_class where oid = cast(@table as regclass)";
}
