using System.Data.Common;
using Strangler.Tests.Servers;

namespace Strangler.Messaging.Tests;

/// <summary>A fresh store, gone when disposed.</summary>
public sealed class TestStore : IAsyncDisposable
{
    private readonly Func<ValueTask> drop;

    private TestStore(DbDataSource source, Func<ValueTask> drop) => (Source, this.drop) = (source, drop);

    public DbDataSource Source { get; }

    public static async Task<TestStore> PostgresAsync()
    {
        var database = await TestDatabase.CreateAsync("consumer");
        return new(StoreDataSource.Create(database.ConnectionString), database.DisposeAsync);
    }

    public static Task<TestStore> SqliteAsync()
    {
        var folder = Directory.CreateTempSubdirectory("strangler-messaging-");
        return Task.FromResult(new TestStore(
            StoreDataSource.Create($"Data Source={Path.Combine(folder.FullName, "store.db")};Pooling=False"),
            () =>
            {
                folder.Delete(recursive: true);
                return ValueTask.CompletedTask;
            }));
    }

    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        await drop();
    }
}
