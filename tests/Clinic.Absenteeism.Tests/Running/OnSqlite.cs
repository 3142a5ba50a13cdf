namespace Clinic.Absenteeism.Tests.Running;

/// <summary>One running service on a fresh SQLite file, for the tests of a class.</summary>
public sealed class OnSqlite : IAsyncLifetime
{
    private ServiceStore store = null!;

    public RunningService Service { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        store = await ServiceStore.SqliteAsync();
        Service = await RunningService.StartAsync(store.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        await Service.DisposeAsync();
        await store.DisposeAsync();
    }
}
