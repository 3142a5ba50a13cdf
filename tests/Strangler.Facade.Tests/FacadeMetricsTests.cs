using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace Strangler.Facade.Tests;

public sealed class FacadeMetricsTests
{
    [Fact]
    [Transparency(94)]
    public async Task Every_request_is_counted_once_by_route_stage_owner_and_outcome()
    {
        await using var legacy = await Backend.SayingAsync("legacy");
        await using var facade = await RunningFacade.StartAsync(
            Tables.File("""{ "id": "orders", "match": { "path": "/orders" }, "service": "orders", "stage": "service" },"""),
            "--Facade:Addresses:legacy", legacy.Address.ToString(), "--Facade:Addresses:orders", FacadePageTests.FreeAddress().ToString());
        var counted = new ConcurrentDictionary<string, long>();
        using var listener = new MeterListener();
        var meters = facade.Services.GetRequiredService<IMeterFactory>();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Name == "strangler.facade.requests" && ReferenceEquals(instrument.Meter.Scope, meters)) self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
        {
            var key = string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"));
            counted.AddOrUpdate(key, value, (_, before) => before + value);
        });
        listener.Start();

        foreach (var path in new[] { "/", "/people", "/orders", "/systemweb-adapters/session" }) (await facade.Client.GetAsync(path)).Dispose();

        await Strangler.Tests.Servers.Wait.UntilAsync(() => counted.Values.Sum() == 4, "all four requests are counted");
        Assert.Equal(
            [
                "route=everything-else stage=legacy owner=legacy outcome=answered 2",
                "route=everything-else stage=legacy owner=legacy outcome=refused 1",
                "route=orders stage=service owner=orders outcome=unreachable 1",
            ],
            counted.Select(pair => $"{pair.Key} {pair.Value}").Order(StringComparer.Ordinal));
    }
}
