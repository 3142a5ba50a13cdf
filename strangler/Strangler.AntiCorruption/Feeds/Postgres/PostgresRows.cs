using System.Globalization;
using Dapper;
using Npgsql;
using NpgsqlTypes;

namespace Strangler.AntiCorruption;

/// <summary>Reads rows of a table as text, in the order of the key, as logical decoding prints them.</summary>
internal sealed class PostgresRows
{
    private readonly NpgsqlConnection connection;
    private readonly CapturedTable table;
    private readonly IReadOnlyDictionary<string, string> types;
    private readonly RowShape shape;
    private readonly string key;

    private PostgresRows(NpgsqlConnection connection, CapturedTable table, IReadOnlyList<(string Name, string Type)> columns)
    {
        (this.connection, this.table) = (connection, table);
        types = columns.ToDictionary(static column => column.Name, static column => column.Type);
        shape = new RowShape([.. columns.Select(static column => column.Name)], [.. columns.Select(static column => column.Type)]);
        key = Column(table.KeyColumn);
    }

    public static async Task<PostgresRows> OpenAsync(NpgsqlConnection connection, CapturedTable table, CancellationToken cancellation)
    {
        var columns = await connection.QueryAsync<(string, string)>(new CommandDefinition(ColumnsSql, new { table = PostgresSource.QuoteTable(table.Name) }, cancellationToken: cancellation));
        return new(connection, table, [.. columns]);
    }

    public async Task<IReadOnlyList<SourceRow>> ReadAsync(BackfillRequest request, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand { Connection = connection };
        var where = Where(command, request.Filter);
        if (request.After is { } after) where.Add($"{key} > {Value(command, table.KeyColumn, after)}");
        if (request.UpTo is { } last) where.Add($"{key} <= {Value(command, table.KeyColumn, last)}");
        if (request.Keys is { } keys) where.Add(Among(command, keys));
        command.CommandText = string.Create(
            CultureInfo.InvariantCulture, $"select {string.Join(", ", shape.Columns.Select(Text))} from {PostgresSource.QuoteTable(table.Name)} t{Clause(where)} order by {key} limit {request.Rows}");

        var rows = new List<SourceRow>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            var values = new string?[shape.Columns.Count];
            for (var column = 0; column < values.Length; column++) values[column] = reader.IsDBNull(column) ? null : reader.GetString(column);
            rows.Add(new SourceRow(shape, values));
        }

        return rows;
    }

    public async Task<string?> LastKeyAsync(BackfillFilter filter, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand { Connection = connection };
        command.CommandText = $"select {Text(table.KeyColumn)} from {PostgresSource.QuoteTable(table.Name)} t{Clause(Where(command, filter))} order by {key} desc limit 1";
        return await command.ExecuteScalarAsync(cancellation) as string;
    }

    public async Task<long> CountAsync(BackfillFilter filter, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand { Connection = connection };
        command.CommandText = $"select count(*) from {PostgresSource.QuoteTable(table.Name)} t{Clause(Where(command, filter))}";
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }

    private List<string> Where(NpgsqlCommand command, BackfillFilter filter) =>
        [.. filter.Conditions.Select(condition => $"{Column(condition.Column)} {condition.Operator} {Value(command, condition.Column, condition.Value)}")];

    private static string Clause(List<string> conditions) => conditions.Count == 0 ? "" : $" where {string.Join(" and ", conditions)}";

    /// <summary>Equal as the type compares, which an index serves, and printed alike: 1.0 and 1.00 are different keys to whoever reads text.</summary>
    private string Among(NpgsqlCommand command, IReadOnlyList<string> keys)
    {
        var name = Parameter(command, new NpgsqlParameter { Value = keys.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        return $"{key} = any(cast({name} as {Type(table.KeyColumn)}[])) and concat({key}) = any({name})";
    }

    private string Value(NpgsqlCommand command, string column, string value) =>
        $"cast({Parameter(command, new NpgsqlParameter { Value = value, NpgsqlDbType = NpgsqlDbType.Text })} as {Type(column)})";

    private static string Parameter(NpgsqlCommand command, NpgsqlParameter parameter)
    {
        parameter.ParameterName = string.Create(CultureInfo.InvariantCulture, $"p{command.Parameters.Count}");
        command.Parameters.Add(parameter);
        return $"@{parameter.ParameterName}";
    }

    // A column that the catalogue does not know is the server's to refuse, by name.
    private string Type(string column) => types.GetValueOrDefault(column, "text");

    private static string Column(string name) => $"t.{PostgresSource.Quote(name)}";

    // concat() prints a value by its type's output function, as logical decoding does; a cast to text trims char(n) and spells booleans out.
    // "is not null" would be false for a composite value of which one part is null.
    private static string Text(string column) => $"case when {Column(column)} is distinct from null then concat({Column(column)}) end";

    // Generated columns are not replicated by PostgreSQL before 18, so a backfill leaves them out too.
    private const string ColumnsSql =
        """
        select a.attname::text, format_type(a.atttypid, a.atttypmod)
        from pg_attribute a
        where a.attrelid = cast(@table as regclass) and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
        order by a.attnum
        """;
}
