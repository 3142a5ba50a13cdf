using Dapper;
using Npgsql;
using Strangler.Faults.Subject;

namespace Strangler.Faults.Oracle;

/// <summary>Reads a consumer's store. It is asked while nothing is broken, each time by a new connection: the server may have been killed since the last time.</summary>
internal sealed class ConsumerStore(string consumer, string connectionString)
{
    private readonly string unpooled = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString;

    public string Consumer => consumer;

    /// <summary>How much there is: rows, sum of their numbers, and the number of the last effect, which grows as long as anything happens.</summary>
    public async Task<Amount> AmountAsync()
    {
        await using var connection = await OpenAsync();
        return await HasTablesAsync(connection)
            ? await connection.QuerySingleAsync<Amount>(
                "select count(*) as Rows, coalesce(sum(n), 0)::bigint as Sum, (select coalesce(max(id), 0) from journal) as LastEffect from kept_rows")
            : default;
    }

    public async Task<ConsumerView> ReadAsync()
    {
        await using var connection = await OpenAsync();
        if (!await HasTablesAsync(connection)) return new(consumer, [], []);
        return new(
            consumer,
            (await connection.QueryAsync<KeptRow>($"select key as Key, n as N, {RowHash.Sql} as Hash from kept_rows")).AsList(),
            (await connection.QueryAsync<JournalEntry>("select key as Key, version as Version, n as N, hash as Hash from journal order by id")).AsList());
    }

    private async Task<NpgsqlConnection> OpenAsync()
    {
        var connection = new NpgsqlConnection(unpooled);
        await connection.OpenAsync();
        return connection;
    }

    // The consumer makes them with its first message.
    private static Task<bool> HasTablesAsync(NpgsqlConnection connection) => connection.ExecuteScalarAsync<bool>("select to_regclass('journal') is not null");
}

/// <summary>How much a consumer has.</summary>
internal readonly record struct Amount(long Rows, long Sum, long LastEffect);
