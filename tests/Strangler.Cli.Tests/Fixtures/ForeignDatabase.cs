using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;
using Strangler.Messaging;
using Strangler.Tests.Servers;

namespace Strangler.Cli.Tests;

public enum Engine
{
    Sqlite,
    Postgres,
}

/// <summary>Somebody's database, of which the tool knows nothing but the connection string.</summary>
internal sealed class ForeignDatabase : IAsyncDisposable
{
    private readonly DbDataSource connections;
    private readonly TestDatabase? server;
    private readonly DirectoryInfo? folder;

    private ForeignDatabase(string connectionString, TestDatabase? server, DirectoryInfo? folder)
    {
        (ConnectionString, this.server, this.folder) = (connectionString, server, folder);
        connections = StoreDataSource.Create(connectionString);
    }

    public string ConnectionString { get; }

    /// <param name="engine">Of which kind.</param>
    /// <param name="tables">Makes its tables.</param>
    public static async Task<ForeignDatabase> CreateAsync(Engine engine, string tables = "")
    {
        var database = engine == Engine.Postgres ? await OnServerAsync() : InFile();
        if (tables.Length > 0) await database.ExecuteAsync(tables);
        return database;
    }

    public async Task<DbConnection> ConnectAsync() => await connections.OpenConnectionAsync();

    public async Task ExecuteAsync(string sql)
    {
        await using var connection = await ConnectAsync();
        await connection.ExecuteAsync(sql);
    }

    /// <summary>Names of everything in it that capture made: it would grow, or hold back the server's log, for ever.</summary>
    public async Task<IReadOnlyList<string>> LeftoversAsync()
    {
        await using var connection = await ConnectAsync();
        return [.. await connection.QueryAsync<string>(server is null
            ? "select name from sqlite_master where name like 'strangler%'"
            : "select pubname::text from pg_publication union select slot_name::text from pg_replication_slots where database = current_database()")];
    }

    public async ValueTask DisposeAsync()
    {
        await connections.DisposeAsync();
        if (server is not null) await server.DisposeAsync();
        if (folder is null) return;
        await using (var pooled = new SqliteConnection(ConnectionString)) SqliteConnection.ClearPool(pooled);
        folder.Delete(recursive: true);
    }

    private static async Task<ForeignDatabase> OnServerAsync()
    {
        var server = await TestDatabase.CreateAsync("foreign");
        return new(server.ConnectionString, server, null);
    }

    private static ForeignDatabase InFile()
    {
        var folder = Directory.CreateTempSubdirectory("strangler-cli-");
        return new($"Data Source={Path.Combine(folder.FullName, "foreign.db")}", null, folder);
    }
}
