using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Strangler.Facade.Tests;

public sealed class ShadowRestartTests
{
    [Fact]
    public async Task Findings_survive_a_restart_and_go_on()
    {
        await using var legacy = await Backend.StartAsync(context => context.Response.WriteAsJsonAsync(new { name = "Maria" }));
        await using var service = await Backend.StartAsync(context => context.Response.WriteAsJsonAsync(new { name = "Mario" }));
        var folder = Directory.CreateTempSubdirectory("shadow-").FullName;
        await File.WriteAllBytesAsync(Path.Combine(folder, "routes.json"), ShadowRun.Routes("shadow"), TestContext.Current.CancellationToken);
        string[] settings = ["--Facade:Addresses:legacy", legacy.Address.ToString(), "--Facade:Addresses:orders", service.Address.ToString()];

        string before;
        await using (var facade = await RunningFacade.StartAsync(folder, false, settings)) before = await AskAsync(facade, 1);
        Assert.DoesNotContain("Mari", await File.ReadAllTextAsync(Path.Combine(folder, ".strangler", "shadow.json"), TestContext.Current.CancellationToken));
        string restarted, after;
        await using (var facade = await RunningFacade.StartAsync(folder, false, settings))
        {
            restarted = await facade.Admin.GetStringAsync("/mismatches?route=orders", TestContext.Current.CancellationToken);
            after = await AskAsync(facade, 2);
        }

        Assert.Equal(before, restarted);
        Assert.Equal(2, JsonDocument.Parse(after).RootElement.GetProperty("fields")[0].GetProperty("count").GetInt64());
        Assert.Equal(JsonDocument.Parse(before).RootElement.GetProperty("since").GetString(), JsonDocument.Parse(after).RootElement.GetProperty("since").GetString());

        // A file that nobody can read costs the findings, not the start.
        await File.WriteAllTextAsync(Path.Combine(folder, ".strangler", "shadow.json"), "{", TestContext.Current.CancellationToken);
        await using (var facade = await RunningFacade.StartAsync(folder, false, settings)) Assert.Equal(0, Tally(facade).Read().Seen);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void What_was_under_way_ended_with_the_facade_and_the_counts_still_add_up()
    {
        using var meters = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var metrics = new FacadeMetrics(meters.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>());
        var before = new ShadowTally(metrics, "orders");
        before.SkippedAtOnce(Skip.Share);
        for (var i = 0; i < 3; i++) before.Waits();
        before.Sent();
        before.Sent();
        before.Compared(Verdict.Noisy);

        var after = new ShadowTally(metrics, "orders");
        after.Restore(before.Read());

        var counts = after.Read();
        Assert.Equal((4, 1, 1, 0, 2, 0, 1, 1), (counts.Seen, counts.Skipped["share"], counts.Dropped["stopped"], counts.Waiting, counts.Sent, counts.UnderWay, counts.Failed["stopped"], counts.Noisy));
    }

    private static ShadowTally Tally(RunningFacade facade) => facade.Services.GetRequiredService<ShadowLedger>().Of("orders")!.Tally;

    private static async Task<string> AskAsync(RunningFacade facade, long seen)
    {
        (await facade.Client.GetAsync("/orders/1")).Dispose();
        await Strangler.Tests.Servers.Wait.UntilAsync(() => Task.FromResult(Tally(facade).Read() is { UnderWay: 0, Waiting: 0 } counts && counts.Seen == seen), "the copy is settled");
        return await facade.Admin.GetStringAsync("/mismatches?route=orders");
    }
}
