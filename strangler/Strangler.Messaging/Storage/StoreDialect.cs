using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Strangler.Messaging;

/// <summary>The few words in which PostgreSQL and SQLite differ; all other SQL of the library is the same text for both.</summary>
internal sealed class StoreDialect
{
    private static readonly StoreDialect Postgres = new()
    {
        OneWriter = false,
        LockFor = "select pg_advisory_xact_lock(@lock);",
        EndHanging = static after => string.Create(CultureInfo.InvariantCulture, $"set local idle_in_transaction_session_timeout = {(long)after.TotalMilliseconds};"),
        LockKey = "for update of k",
        OrderedText = "text collate \"C\"",
        Rows = "unnest(@keys, @versions, @families) as r (key, version, families)",
        RowValues = static (consumer, rows) => new
        {
            consumer,
            keys = Column(rows, static row => row.Key),
            versions = Column(rows, static row => row.Version),
            families = Column(rows, static row => row.Families),
        },
        ByKeys = static (table, alias) =>
            $"unnest(@keys) as asked (key) cross join lateral (select * from {table} where consumer = @consumer and key = asked.key offset 0) as {alias}",
        KeyList = static keys => keys,
        In = static parameter => $"= any({parameter})",
        JsonRows = static (parameter, columns) => $"json_to_recordset({parameter}::json) as r({string.Join(", ", columns.Select(static column => $"{column} text"))})",
    };

    private static readonly StoreDialect Sqlite = new()
    {
        OneWriter = true,
        LockFor = "",
        EndHanging = static _ => "",
        LockKey = "",
        OrderedText = "text",
        Rows = JsonRowsOfSqlite("@rows", ["key", "version", "families"]),
        RowValues = static (consumer, rows) => new { consumer, rows = JsonSerializer.Serialize(rows, MessageJson.Options) },
        ByKeys = static (table, alias) => $"json_each(@keys) as asked cross join {table} as {alias} on {alias}.consumer = @consumer and {alias}.key = asked.value",
        KeyList = static keys => JsonSerializer.Serialize(keys, MessageJson.Options),
        In = static parameter => $"in (select value from json_each({parameter}))",
        JsonRows = JsonRowsOfSqlite,
    };

    private StoreDialect()
    {
    }

    /// <summary>True when a transaction that writes excludes every other from its beginning (SQLite: Microsoft.Data.Sqlite begins them immediate).</summary>
    public required bool OneWriter { get; init; }

    /// <summary>Statement that holds the lock numbered <c>@lock</c> until the transaction ends; empty where there is only one writer anyway.</summary>
    public required string LockFor { get; init; }

    /// <summary>
    /// Statement that has the server end the transaction when nothing is asked in it for so long: its process hangs or is cut off, and would hold its locks for ever. Empty where
    /// there is no server.
    /// </summary>
    public required Func<TimeSpan, string> EndHanging { get; init; }

    /// <summary>Ends a select of a row of a waiting key, <c>k</c>, that no other transaction may change meanwhile; empty where there is only one writer anyway.</summary>
    public required string LockKey { get; init; }

    /// <summary>Type of a text column that sorts by its bytes.</summary>
    public required string OrderedText { get; init; }

    /// <summary>A from-item <c>r</c>: the rows that <see cref="RowValues"/> made parameters of, in one statement however many they are.</summary>
    public required string Rows { get; init; }

    /// <summary>Rows of <c>messaging_applied</c> as parameters, beside <c>@consumer</c>.</summary>
    public required Func<string, IReadOnlyList<AppliedRow>, object> RowValues { get; init; }

    /// <summary>
    /// A from-item: the rows of a table, under an alias, that have the consumer <c>@consumer</c> and one of the <c>@keys</c>, made by <see cref="KeyList"/>. Each is looked up in the
    /// table's primary key, whatever the server knows of the table: without statistics PostgreSQL reads every row of the consumer for a condition with <c>any</c>, and an inbox that
    /// has just begun to fill has none.
    /// </summary>
    public required Func<string, string, string> ByKeys { get; init; }

    /// <summary>Texts as one parameter, however many they are.</summary>
    public required Func<string[], object> KeyList { get; init; }

    /// <summary>A condition that holds for the texts of a parameter made by <see cref="KeyList"/>. For tables of few rows: in others see <see cref="ByKeys"/>.</summary>
    public required Func<string, string> In { get; init; }

    /// <summary>A from-item <c>r</c> that reads a parameter, a JSON array of objects, as rows of text columns: one statement for any number of rows.</summary>
    public required Func<string, string[], string> JsonRows { get; init; }

    /// <exception cref="NotSupportedException">Neither PostgreSQL nor SQLite.</exception>
    public static StoreDialect Of(DbConnection connection) => connection switch
    {
        NpgsqlConnection => Postgres,
        SqliteConnection => Sqlite,
        _ => throw new NotSupportedException($"A store must be PostgreSQL or SQLite; {connection.GetType().Name} is neither."),
    };

    private static string JsonRowsOfSqlite(string parameter, string[] columns) =>
        $"(select {string.Join(", ", columns.Select(static column => $"json_extract(value, '$.{column}') as {column}"))} from json_each({parameter})) as r";

    private static string[] Column(IReadOnlyList<AppliedRow> rows, Func<AppliedRow, string> value)
    {
        var column = new string[rows.Count];
        for (var index = 0; index < column.Length; index++) column[index] = value(rows[index]);
        return column;
    }
}
