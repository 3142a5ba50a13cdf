using System.Globalization;
using Dapper;
using Npgsql;

namespace Strangler.AntiCorruption;

/// <summary>
/// Tables that are written all the time and hold little: sessions, caches, queues of jobs. No service needs their changes, and they would be most of the
/// traffic. Known by the server's own counters: many writes since they were reset, and very few rows for so many.
/// </summary>
internal static class NoisyTables
{
    private const long ManyWrites = 10_000;
    private const long WritesPerRow = 50;

    public static async Task<IReadOnlyList<SourceFinding>> OfAsync(NpgsqlConnection connection, IReadOnlyList<CapturedTable> tables, CancellationToken cancellation)
    {
        var noisy = await connection.QueryAsync<(string Schema, string Table, long Writes, long Rows)>(
            new CommandDefinition(NoisySql, new { ManyWrites, WritesPerRow }, cancellationToken: cancellation));
        var captured = tables.Select(static table => PostgresSource.Split(table.Name)).ToHashSet();
        return [.. noisy.Select(table => Of(table.Schema == "public" ? table.Table : $"{table.Schema}.{table.Table}", table.Writes, table.Rows, captured.Contains((table.Schema, table.Table))))];
    }

    private static SourceFinding Of(string name, long writes, long rows, bool isCaptured)
    {
        var problem = string.Create(CultureInfo.InvariantCulture, $"Table '{name}' was written {writes:N0} times and holds {rows:N0} rows: a session, a cache or a queue.");
        return isCaptured
            ? new(FindingSeverity.Warning, "noisy", $"table {name}", problem) { Advice = "Leave it out, if no service needs its changes." }
            : new(FindingSeverity.Note, "noisy", $"table {name}", problem) { Advice = "It is not captured; leave it so." };
    }

    private const string NoisySql =
        """
        select schemaname::text, relname::text, n_tup_ins + n_tup_upd + n_tup_del, n_live_tup
        from pg_stat_user_tables
        where n_tup_ins + n_tup_upd + n_tup_del >= @ManyWrites and n_tup_upd + n_tup_del >= @WritesPerRow * greatest(n_live_tup, 1)
        order by 3 desc
        """;
}
