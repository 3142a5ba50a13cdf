namespace Clinic.Legacy.Tests.Site;

/// <summary>
/// What the monolith does today, seen from outside over HTTP. A test here changes only when a migration case changes the monolith on purpose.
/// Tests with the trait Bug pin what is wrong and must stay so: somebody may live by it.
/// </summary>
public abstract class Characterization(LegacyServer server) : IAsyncLifetime
{
    protected RunningLegacy Legacy { get; private set; } = null!;

    /// <summary>A browser in which maria is logged in.</summary>
    protected Browser Browser { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Legacy = await server.StartAsync();
        Browser = await Legacy.LoggedInAsync();
    }

    public ValueTask DisposeAsync()
    {
        Browser?.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
