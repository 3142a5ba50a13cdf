using Npgsql;

namespace Strangler.Bench.Acl;

/// <summary>The servers that the script started.</summary>
internal static class Servers
{
    public static string RabbitMq => Of("STRANGLER_TEST_RABBITMQ");

    /// <summary>Makes a database.</summary>
    /// <returns>Its connection string.</returns>
    public static async Task<string> CreateDatabaseAsync(string name, CancellationToken cancellation)
    {
        var server = Of("STRANGLER_TEST_POSTGRES");
        await using var connection = new NpgsqlConnection(server);
        await connection.OpenAsync(cancellation);
        await using var command = new NpgsqlCommand($"create database {name}", connection);
        await command.ExecuteNonQueryAsync(cancellation);
        return new NpgsqlConnectionStringBuilder(server) { Database = name }.ConnectionString;
    }

    private static string Of(string variable) => Environment.GetEnvironmentVariable(variable)
        ?? throw new BenchException($"{variable} is not set; start the bench by tests/bench/run.");
}
