using System.Data.Common;

namespace Strangler.Messaging.Tests;

public sealed class SqliteConsumerTests : ConsumerContract
{
    private readonly string folder = Directory.CreateTempSubdirectory("strangler-messaging-").FullName;

    protected override Task<DbDataSource> CreateStoreAsync() =>
        Task.FromResult(StoreDataSource.Create($"Data Source={Path.Combine(folder, "store.db")};Pooling=False"));

    protected override ValueTask DropStoreAsync()
    {
        Directory.Delete(folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}
