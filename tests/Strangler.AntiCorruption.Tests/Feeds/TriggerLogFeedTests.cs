using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Strangler.Messaging;

namespace Strangler.AntiCorruption.Tests;

public sealed class TriggerLogFeedTests : ChangeFeedContract
{
    private readonly string folder = Directory.CreateTempSubdirectory("trigger-log-").FullName;
    private DbDataSource legacy = null!;

    private string ConnectionString => $"Data Source={Path.Combine(folder, "legacy.db")}";

    protected override Task StartAsync()
    {
        legacy = StoreDataSource.Create(ConnectionString);
        return Task.CompletedTask;
    }

    protected override async Task StopAsync()
    {
        await legacy.DisposeAsync();
        SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    protected override IChangeFeed OpenFeed() => new TriggerLogFeed(
        ConnectionString, new() { PollInterval = TimeSpan.FromMilliseconds(5), TrimInterval = TimeSpan.FromMilliseconds(20) }, TimeProvider.System, NullLogger<TriggerLogFeed>.Instance);

    protected override async Task<DbConnection> ConnectAsync() => await legacy.OpenConnectionAsync();

    protected override async Task<IReadOnlyList<string>> OursAsync()
    {
        await using var connection = await ConnectAsync();
        return [.. await connection.QueryAsync<string>("select name from sqlite_master where name like 'strangler%'")];
    }
}
