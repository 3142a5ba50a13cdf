using System.Data.Common;
using Strangler.Tests.Servers;

namespace Strangler.Messaging.Tests;

public class PostgresConsumerTests : ConsumerContract
{
    private TestDatabase? database;

    protected override async Task<DbDataSource> CreateStoreAsync()
    {
        database = await TestDatabase.CreateAsync("consumer");
        return StoreDataSource.Create(database.ConnectionString);
    }

    protected override ValueTask DropStoreAsync() => database?.DisposeAsync() ?? ValueTask.CompletedTask;
}

public sealed class PostgresBatchConsumerTests : PostgresConsumerTests
{
    protected override bool Together => true;
}
