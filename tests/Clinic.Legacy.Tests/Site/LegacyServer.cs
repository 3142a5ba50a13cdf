using Strangler.Tests.Servers;

namespace Clinic.Legacy.Tests.Site;

/// <summary>The monolith that one test class shares, started by its first test (so that a test that needs a server that is not there is skipped by name).</summary>
public abstract class LegacyServer : IAsyncDisposable
{
    private Task<RunningLegacy>? running;

    public Task<RunningLegacy> StartAsync() => running ??= StartNewAsync();

    public virtual async ValueTask DisposeAsync()
    {
        if (running is { IsCompletedSuccessfully: true }) await (await running).DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected abstract Task<RunningLegacy> StartNewAsync();
}

/// <summary>On an SQLite file.</summary>
public sealed class OnSqlite : LegacyServer
{
    protected override Task<RunningLegacy> StartNewAsync() => RunningLegacy.StartAsync();
}

/// <summary>On a PostgreSQL database.</summary>
public sealed class OnPostgres : LegacyServer
{
    private TestDatabase? database;

    protected override async Task<RunningLegacy> StartNewAsync()
    {
        database = await TestDatabase.CreateAsync("legacy");
        return await RunningLegacy.StartAsync(database.ConnectionString);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (database is not null) await database.DisposeAsync();
    }
}
