using Dapper;
using Microsoft.Data.Sqlite;

namespace Strangler.AntiCorruption.Tests;

/// <summary>A store of the layer in a file of its own.</summary>
public sealed class TemporaryStore : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("strangler-store-").FullName;

    public string ConnectionString => $"Data Source={Path.Combine(folder, "acl.db")}";

    public async Task ExecuteAsync(string sql)
    {
        await using var connection = new SqliteConnection(ConnectionString);
        await connection.ExecuteAsync(sql);
    }

    public async Task<T> AskAsync<T>(string sql)
    {
        await using var connection = new SqliteConnection(ConnectionString);
        return (await connection.ExecuteScalarAsync<T>(sql))!;
    }

    public void Dispose()
    {
        using (var pooled = new SqliteConnection(ConnectionString)) SqliteConnection.ClearPool(pooled);
        Directory.Delete(folder, recursive: true);
    }
}
