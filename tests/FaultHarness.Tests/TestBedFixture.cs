using Strangler.Faults.Runs;
using Strangler.Tests.Servers;

namespace FaultHarness.Tests;

/// <summary>The servers of the seeded runs: private ones, because they are killed. Started by the first test that asks.</summary>
public sealed class TestBedFixture : IAsyncDisposable
{
    private TestBed? bed;

    public async ValueTask DisposeAsync()
    {
        if (bed is not null) await bed.DisposeAsync();
    }

    internal async Task<TestBed> BedAsync()
    {
        TestServers.RequirePostgres();
        TestServers.RequireRabbitMq();
        return bed ??= await TestBed.StartAsync();
    }
}
