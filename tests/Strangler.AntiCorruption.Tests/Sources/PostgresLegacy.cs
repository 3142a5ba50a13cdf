using System.Data.Common;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Strangler.Tests.Servers;

namespace Strangler.AntiCorruption.Tests;

public sealed class PostgresLegacy : TestSource
{
    private readonly TestDatabase database;
    private readonly NpgsqlDataSource connections;

    private PostgresLegacy(TestDatabase database)
    {
        this.database = database;
        connections = NpgsqlDataSource.Create(database.ConnectionString);
    }

    public override string ConnectionString => database.ConnectionString;

    /// <summary>Slots are named server-wide: the database's own name keeps them apart.</summary>
    public string Slot => database.Name;

    public static async Task<PostgresLegacy> CreateAsync(string purpose) => new(await TestDatabase.CreateAsync(purpose));

    public override IChangeFeed OpenFeed() => new PostgresChangeFeed(
        ConnectionString, new() { Slot = Slot, Publication = "strangler", HeartbeatInterval = TimeSpan.FromMilliseconds(200) }, TimeProvider.System, NullLogger<PostgresChangeFeed>.Instance);

    public override async Task<DbConnection> ConnectAsync() => await connections.OpenConnectionAsync();

    public override async Task<IReadOnlyList<string>> OursAsync()
    {
        await using var connection = await ConnectAsync();
        return [.. await connection.QueryAsync<string>("select pubname from pg_publication union select slot_name from pg_replication_slots where database = current_database()")];
    }

    public override async ValueTask DisposeAsync()
    {
        await connections.DisposeAsync();
        await database.DisposeAsync();
    }
}
