using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Strangler.Tests.Servers;

namespace Strangler.Facade.Tests;

/// <summary>A facade with the route "orders" (/orders/…) in stage shadow, in front of a legacy and a service.</summary>
internal sealed class ShadowRun : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> owned = [];

    private ShadowRun(RunningFacade facade, Uri legacy, Uri service) => (Facade, Legacy, Service) = (facade, legacy, service);

    public RunningFacade Facade { get; }

    public Uri Legacy { get; }

    public Uri Service { get; }

    public RouteShadow Shadow => Facade.Services.GetRequiredService<ShadowLedger>().Of("orders")!;

    public ShadowMemory Memory => Facade.Services.GetRequiredService<ShadowMemory>();

    /// <summary>The counts, which add up at any moment.</summary>
    public ShadowCounts Counts
    {
        get
        {
            var counts = Shadow.Tally.Read();
            Assert.Equal(counts.Seen, counts.Skipped.Values.Sum() + counts.Dropped.Values.Sum() + counts.Waiting + counts.Sent);
            Assert.Equal(counts.Sent, counts.UnderWay + counts.TimedOut + counts.Failed.Values.Sum() + counts.Compared);
            Assert.Equal(counts.Compared, counts.Equal + counts.Ignored + counts.Noisy + counts.Different);
            return counts;
        }
    }

    public static async Task<ShadowRun> StartAsync(RequestDelegate legacy, RequestDelegate service, string shadow = "{}", params string[] settings)
    {
        var (old, candidate) = (await Backend.StartAsync(legacy), await Backend.StartAsync(service));
        var run = await StartAsync(old.Address, candidate.Address, shadow, settings);
        run.owned.AddRange([old, candidate]);
        return run;
    }

    public static async Task<ShadowRun> StartAsync(Uri legacy, Uri service, string shadow = "{}", params string[] settings) =>
        new(await RunningFacade.StartAsync(Routes("shadow", shadow), [
            "--Facade:Addresses:legacy", legacy.GetLeftPart(UriPartial.Authority), "--Facade:Addresses:orders", service.GetLeftPart(UriPartial.Authority), .. settings]), legacy, service);

    public static byte[] Routes(string stage, string shadow = "{}", string identity = "none") => Tables.File(
        $$"""{ "id": "orders", "match": { "path": "/orders/{**rest}" }, "service": "orders", "identity": "{{identity}}", "stage": "{{stage}}", "shadow": {{shadow}} },""");

    /// <summary>Waits until so many requests were seen and nothing waits or is under way.</summary>
    public async Task<ShadowCounts> SettledAsync(long seen)
    {
        await Wait.UntilAsync(() => Task.FromResult(Counts is { Waiting: 0, UnderWay: 0 } counts && counts.Seen == seen), $"{seen} requests are seen and settled");
        return Counts;
    }

    public async ValueTask DisposeAsync()
    {
        await Facade.DisposeAsync();
        foreach (var owned in this.owned) await owned.DisposeAsync();
    }
}
