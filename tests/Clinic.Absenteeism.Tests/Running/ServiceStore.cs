using Strangler.Tests.Servers;

namespace Clinic.Absenteeism.Tests.Running;

/// <summary>A fresh store, gone when disposed.</summary>
public sealed class ServiceStore : IAsyncDisposable
{
    private readonly IAsyncDisposable owner;

    private ServiceStore(string connectionString, IAsyncDisposable owner) => (ConnectionString, this.owner) = (connectionString, owner);

    public string ConnectionString { get; }

    public static Task<ServiceStore> SqliteAsync()
    {
        var folder = new TemporaryFolder();
        return Task.FromResult(new ServiceStore($"Data Source={Path.Combine(folder.Path, "store.db")}", folder));
    }

    public static async Task<ServiceStore> PostgresAsync()
    {
        var database = await TestDatabase.CreateAsync("absenteeism");
        return new(database.ConnectionString, database);
    }

    public ValueTask DisposeAsync() => owner.DisposeAsync();
}
