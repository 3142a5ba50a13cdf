using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Strangler.AntiCorruption;

/// <summary>Reads rows of a table in the order of the key, in the images that triggers write.</summary>
internal sealed class TriggerLogRows
{
    private readonly SqliteConnection connection;
    private readonly CapturedTable table;
    private readonly string image;
    private readonly string name;
    private readonly string key;

    /// <exception cref="BackfillFailedException">There is no such table.</exception>
    public TriggerLogRows(SqliteConnection connection, CapturedTable table)
    {
        (this.connection, this.table) = (connection, table);
        var columns = TriggerLogTable.Read(connection, table)?.Columns ?? throw new BackfillFailedException(table.Name, "there is no such table", isPassing: false);
        (image, name, key) = (TriggerLogSql.Image("x", columns), TriggerLogSql.Quote(table.Name), Column(table.KeyColumn));
    }

    public List<SourceRow> Read(BackfillRequest request)
    {
        using var command = connection.CreateCommand();
        var where = Where(command, request.Filter);
        if (request.After is { } after) where.Add($"{key} > {Value(command, KeyValue(after))}");
        if (request.UpTo is { } last) where.Add($"{key} <= {Value(command, KeyValue(last))}");
        // As printed: a column without a type holds values that print alike and are not equal.
        if (request.Keys is { } keys) where.Add($"{TriggerLogSql.Text(key)} in ({string.Join(", ", keys.Select(one => Value(command, one)))})");
        command.CommandText = string.Create(CultureInfo.InvariantCulture, $"select {image} from {name} as x{Clause(where)} order by {key} limit {request.Rows}");
        var images = new RowImageReader();
        var rows = new List<SourceRow>();
        using var reader = command.ExecuteReader();
        while (reader.Read()) rows.Add(images.Read(table.Name, reader.GetFieldValue<byte[]>(0)));
        return rows;
    }

    public BackfillExtent Measure(BackfillFilter filter)
    {
        using var command = connection.CreateCommand();
        var clause = Clause(Where(command, filter));
        command.CommandText = $"select count(*), (select {TriggerLogSql.Text(key)} from {name} as x{clause} order by {key} desc limit 1) from {name} as x{clause}";
        using var reader = command.ExecuteReader();
        reader.Read();
        return new(reader.IsDBNull(1) ? null : reader.GetString(1), reader.GetInt64(0));
    }

    private static List<string> Where(SqliteCommand command, BackfillFilter filter) =>
        [.. filter.Conditions.Select(condition => $"{Column(condition.Column)} {condition.Operator} {Value(command, Number(condition.Value))}")];

    private static string Clause(List<string> conditions) => conditions.Count == 0 ? "" : $" where {string.Join(" and ", conditions)}";

    /// <summary>A key that was printed, as the value that it is: in a column without a type the text would compare otherwise than the number it spells.</summary>
    private object KeyValue(string text)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"select typeof({key}) from {name} as x where {key} = {Value(command, Number(text))} or {key} = {Value(command, text)} union all select typeof({key}) from {name} as x where {key} is not null limit 1";
        return command.ExecuteScalar() is "text" ? text : Number(text);
    }

    private static object Number(string text)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)) return whole;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) ? real : text;
    }

    private static string Value(SqliteCommand command, object value)
    {
        var parameter = string.Create(CultureInfo.InvariantCulture, $"$p{command.Parameters.Count}");
        command.Parameters.AddWithValue(parameter, value);
        return parameter;
    }

    private static string Column(string name) => $"x.{TriggerLogSql.Quote(name)}";
}
