using System.Data.Common;
using System.Reflection;

namespace Strangler.Messaging;

/// <summary>
/// The store, whose first connection brings the schema: consumers, pages and health may come in any order, and the service may start
/// before its store does.
/// </summary>
internal sealed class SchemaFirstStore(DbDataSource store, Assembly schema) : DbDataSource
{
    private readonly SemaphoreSlim turn = new(1);
    private bool isReady;

    public override string ConnectionString => store.ConnectionString;

    protected override DbConnection CreateDbConnection() => store.CreateConnection();

    protected override DbConnection OpenDbConnection() => throw new NotSupportedException("Open it asynchronously: the first connection may have a schema to bring.");

    protected override async ValueTask<DbConnection> OpenDbConnectionAsync(CancellationToken cancellationToken = default)
    {
        if (!Volatile.Read(ref isReady)) await PrepareAsync(cancellationToken);
        return await store.OpenConnectionAsync(cancellationToken);
    }

    private async Task PrepareAsync(CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation);
        try
        {
            if (isReady) return;
            await using var connection = await store.OpenConnectionAsync(cancellation);
            await StoreSchema.ApplyAsync(connection, schema, cancellation);
            Volatile.Write(ref isReady, true);
        }
        finally
        {
            turn.Release();
        }
    }

    protected override async ValueTask DisposeAsyncCore()
    {
        turn.Dispose();
        await store.DisposeAsync();
        await base.DisposeAsyncCore();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            turn.Dispose();
            store.Dispose();
        }

        base.Dispose(disposing);
    }
}
