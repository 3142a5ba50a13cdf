using Npgsql;

namespace Strangler.Tests.Servers;

/// <summary>A fresh PostgreSQL database, dropped with its replication slots when disposed: a leaked slot would keep WAL for ever.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private readonly string adminConnectionString;

    private TestDatabase(string adminConnectionString, string name)
    {
        this.adminConnectionString = adminConnectionString;
        Name = name;
        ConnectionString = new NpgsqlConnectionStringBuilder(adminConnectionString) { Database = name }.ConnectionString;
    }

    public string Name { get; }

    public string ConnectionString { get; }

    /// <summary>Creates a database on the shared server, named after <paramref name="purpose"/> and unique.</summary>
    public static Task<TestDatabase> CreateAsync(string purpose) => CreateAsync(purpose, TestServers.RequirePostgres());

    /// <summary>Creates a database on the given server.</summary>
    public static async Task<TestDatabase> CreateAsync(string purpose, string adminConnectionString)
    {
        var readable = new string([.. purpose.ToLowerInvariant().Where(char.IsAsciiLetterOrDigit).Take(30)]);
        var database = new TestDatabase(adminConnectionString, $"t_{readable}_{Guid.NewGuid().ToString("N")[..12]}");
        await database.ExecuteOnServerAsync($"create database {database.Name}");
        return database;
    }

    public async ValueTask DisposeAsync()
    {
        await using (var pooled = new NpgsqlConnection(ConnectionString)) NpgsqlConnection.ClearPool(pooled);
        // A walsender leaves its slot active until it notices that its client is gone, so it is ended first.
        await ExecuteOnServerAsync($"select pg_terminate_backend(active_pid) from pg_replication_slots where database = '{Name}' and active");
        await Wait.UntilAsync(
            async () =>
            {
                try
                {
                    await ExecuteOnServerAsync($"select pg_drop_replication_slot(slot_name) from pg_replication_slots where database = '{Name}'");
                    return true;
                }
                catch (PostgresException busy) when (busy.SqlState is PostgresErrorCodes.ObjectInUse or PostgresErrorCodes.UndefinedObject)
                {
                    // In use, or a temporary slot that went away with its session: look again.
                    return false;
                }
            },
            $"the slots of {Name} are free");
        await ExecuteOnServerAsync($"drop database if exists {Name} with (force)");
    }

    private async Task ExecuteOnServerAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(adminConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
