using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Strangler.Messaging;

namespace Strangler.AntiCorruption.Tests;

public sealed class SqliteSource : TestSource
{
    private readonly string folder = Directory.CreateTempSubdirectory("strangler-source-").FullName;
    private readonly DbDataSource legacy;

    public SqliteSource() => legacy = StoreDataSource.Create(ConnectionString);

    public override string ConnectionString => $"Data Source={Path.Combine(folder, "legacy.db")}";

    public override IChangeFeed OpenFeed() => new TriggerLogFeed(
        ConnectionString,
        new() { PollInterval = TimeSpan.FromMilliseconds(5), TrimInterval = TimeSpan.FromMilliseconds(20) },
        TimeProvider.System,
        NullLogger<TriggerLogFeed>.Instance);

    public override async Task<DbConnection> ConnectAsync() => await legacy.OpenConnectionAsync();

    public override async Task<IReadOnlyList<string>> OursAsync()
    {
        await using var connection = await ConnectAsync();
        return [.. await connection.QueryAsync<string>("select name from sqlite_master where name like 'strangler%'")];
    }

    public override async ValueTask DisposeAsync()
    {
        await legacy.DisposeAsync();
        await using (var pooled = new SqliteConnection(ConnectionString)) SqliteConnection.ClearPool(pooled);
        Directory.Delete(folder, recursive: true);
    }
}
