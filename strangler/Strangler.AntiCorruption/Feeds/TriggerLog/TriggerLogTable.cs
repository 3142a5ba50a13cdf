using Microsoft.Data.Sqlite;

namespace Strangler.AntiCorruption;

/// <summary>What the source says about one captured table.</summary>
/// <param name="Captured">What was asked for.</param>
/// <param name="Columns">Its columns, in order, generated ones included.</param>
/// <param name="UniqueSets">Column sets that are unique, the primary key included.</param>
/// <param name="HiddenUnique">True when a unique index is on an expression, whose rows cannot be compared from outside.</param>
internal sealed record TriggerLogTable(
    CapturedTable Captured, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> UniqueSets, bool HiddenUnique)
{
    /// <summary>Null when there is no such table.</summary>
    public static TriggerLogTable? Read(SqliteConnection connection, CapturedTable captured)
    {
        var primaryKey = new SortedList<long, string>();
        var columns = new List<string>();
        foreach (var row in Rows(connection, "select name, pk from pragma_table_xinfo($name) where hidden <> 1", captured.Name))
        {
            columns.Add((string)row[0]);
            if ((long)row[1] > 0) primaryKey.Add((long)row[1], (string)row[0]);
        }

        if (columns.Count == 0 || !IsTable(connection, captured.Name)) return null;

        var sets = new List<IReadOnlyList<string>>();
        var hidden = false;
        if (primaryKey.Count > 0) sets.Add([.. primaryKey.Values]);
        foreach (var index in Rows(connection, """select name from pragma_index_list($name) where "unique" = 1 and origin <> 'pk'""", captured.Name))
        {
            var names = Rows(connection, "select name from pragma_index_info($name)", (string)index[0]).Select(static row => row[0] as string).ToList();
            if (names.Contains(null)) hidden = true;
            else sets.Add([.. names.Select(static name => name!)]);
        }

        return new(captured, columns, sets, hidden);
    }

    /// <summary>True when no two rows share the key column.</summary>
    public bool KeyIsUnique => UniqueSets.Any(set => set.Count == 1 && set[0].Equals(Captured.KeyColumn, StringComparison.OrdinalIgnoreCase));

    private static bool IsTable(SqliteConnection connection, string name) =>
        Rows(connection, "select type from sqlite_master where lower(name) = lower($name)", name) is [["table"]];

    private static List<object[]> Rows(SqliteConnection connection, string sql, string name)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Parameters.AddWithValue("$name", name);
        using var reader = command.ExecuteReader();
        var rows = new List<object[]>();
        while (reader.Read())
        {
            var row = new object[reader.FieldCount];
            reader.GetValues(row);
            rows.Add(row);
        }

        return rows;
    }
}
