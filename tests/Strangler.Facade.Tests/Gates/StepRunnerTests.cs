using Microsoft.AspNetCore.Http;
using Strangler.Tests.Servers;

namespace Strangler.Facade.Tests;

/// <summary>A real canary that goes through its steps by itself.</summary>
public sealed class StepRunnerTests : IAsyncLifetime
{
    private Backend legacy = null!;
    private Backend service = null!;
    private volatile int status = 200;

    public async ValueTask InitializeAsync()
    {
        legacy = await Backend.SayingAsync("legacy");
        service = await Backend.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsync("service");
        });
    }

    public async ValueTask DisposeAsync()
    {
        await legacy.DisposeAsync();
        await service.DisposeAsync();
    }

    [Fact]
    public async Task It_advances_step_by_step_while_the_gates_pass_and_each_step_is_in_the_history()
    {
        await using var facade = await StartAsync("");
        Assert.Equal("10", await ShareAsync(facade));

        foreach (var share in (string[])["60", "99.5"])
        {
            await Wait.UntilAsync(
                async () =>
                {
                    await AskAsync(facade);
                    return await ShareAsync(facade) == share;
                },
                $"the share is {share}");
        }

        var history = await facade.Admin.GetStringAsync("/history?route=orders", TestContext.Current.CancellationToken);
        Assert.Contains("\"who\":\"gates\",\"why\":\"pass: errors pass (service 0%, legacy 0%, limit 40%; at 95% confidence ", history);
        Assert.Contains("\"before\":\"canary 10\",\"after\":\"canary 60\"", history);
        Assert.Contains("\"before\":\"canary 60\",\"after\":\"canary 99.5\"", history);
        Assert.Contains("// stays", await File.ReadAllTextAsync(facade.RoutesFile, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task It_goes_back_to_legacy_when_the_gates_fail()
    {
        await using var facade = await StartAsync("");
        status = 500;

        await Wait.UntilAsync(
            async () =>
            {
                await AskAsync(facade);
                return (await RouteAsync(facade)).GetProperty("stage").GetString() == "legacy";
            },
            "legacy has everybody");

        var history = await facade.Admin.GetStringAsync("/history?route=orders", TestContext.Current.CancellationToken);
        Assert.Contains("\"who\":\"gates\",\"why\":\"fail: errors fail (service 100%, legacy 0%, limit 40%", history);
        Assert.Contains("\"before\":\"canary 10\",\"after\":\"legacy\"", history);
    }

    [Fact]
    public async Task A_step_lasts_its_time_and_a_failure_takes_one_step_back_where_the_entry_says_so()
    {
        var clock = new ManualClock();
        await using var facade = await StartAsync(", \"onFailure\": \"previous\"", "00:10:00", clock);
        await MeasureAsync(facade, "pass");
        await PassAsync(facade, clock, TimeSpan.FromSeconds(599));
        Assert.Equal("10", await ShareAsync(facade));

        await PassUntilAsync(facade, clock, "60");
        status = 500;
        await MeasureAsync(facade, "fail");
        await PassUntilAsync(facade, clock, "10");

        // What it came back from is not tried again by itself.
        status = 200;
        await MeasureAsync(facade, "pass");
        await PassAsync(facade, clock, TimeSpan.FromHours(2));
        Assert.Equal("10", await ShareAsync(facade));
        Assert.Contains("\"before\":\"canary 60\",\"after\":\"canary 10\"", await facade.Admin.GetStringAsync("/history?route=orders", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task For_show_only_it_stays_where_it_is()
    {
        await using var facade = await StartAsync(", \"dryRun\": true");
        this.status = 500;
        await Wait.UntilAsync(
            async () =>
            {
                await AskAsync(facade);
                return (await facade.Admin.GetStringAsync("/gates?route=orders", TestContext.Current.CancellationToken)).Contains("\"verdict\":\"fail\"", StringComparison.Ordinal);
            },
            "the gates fail");

        // Another file goes live meanwhile, so that the runner has had its turns; the share is as it was.
        facade.Replace([.. await File.ReadAllBytesAsync(facade.RoutesFile, TestContext.Current.CancellationToken), (byte)'\n']);
        await facade.UntilAsync(status => status.GetProperty("revision").GetInt64() == 2, TimeSpan.FromSeconds(5));

        Assert.Equal("10", await ShareAsync(facade));
    }

    private Task<RunningFacade> StartAsync(string gates, string every = "00:00:01", TimeProvider? clock = null) => RunningFacade.StartAsync(
        Tables.File($$"""
            { "id": "orders", "match": { "path": "/orders", "methods": ["GET"] }, "service": "orders", "stage": "canary", // stays
              "canary": { "share": 10, "steps": [10, 60, 99.5], "every": "{{every}}", "testers": { "header": "X-Side" } }, "gates": { "samples": 10, "errors": 40, "latency": 100 {{gates}} } },
            """).Replacing("[\"http://127.0.0.1:8083\"]", "[\"http://127.0.0.1:8083\"], \"breaker\": \"off\""),
        clock, ["--Facade:Addresses:legacy", legacy.Address.ToString(), "--Facade:Addresses:orders", service.Address.ToString()]);

    private static Task MeasureAsync(RunningFacade facade, string verdict) => Wait.UntilAsync(
        async () =>
        {
            await AskAsync(facade);
            return (await facade.Admin.GetStringAsync("/gates?route=orders")).Contains($"\"verdict\":\"{verdict}\",\"decides\"", StringComparison.Ordinal);
        },
        $"the gates say {verdict}");

    /// <summary>Lets time pass, and the runner look afterwards: a file that goes live behind it is the sign.</summary>
    private static async Task PassAsync(RunningFacade facade, ManualClock clock, TimeSpan time)
    {
        clock.Pass(time);
        var revision = (await facade.StatusAsync()).GetProperty("revision").GetInt64();
        facade.Replace([.. await File.ReadAllBytesAsync(facade.RoutesFile), (byte)'\n']);
        await facade.UntilAsync(status => status.GetProperty("revision").GetInt64() > revision, TimeSpan.FromSeconds(5));
    }

    private static Task PassUntilAsync(RunningFacade facade, ManualClock clock, string share) => Wait.UntilAsync(
        async () =>
        {
            clock.Pass(TimeSpan.FromSeconds(1));
            return await ShareAsync(facade) == share;
        },
        $"the share is {share}");

    private static async Task AskAsync(RunningFacade facade)
    {
        foreach (var side in (string[])["service", "legacy"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/orders");
            request.Headers.Add("X-Side", side);
            (await facade.Client.SendAsync(request)).Dispose();
        }
    }

    private static async Task<System.Text.Json.JsonElement> RouteAsync(RunningFacade facade) => (await facade.StatusAsync()).GetProperty("routes")[0];

    private static async Task<string> ShareAsync(RunningFacade facade) => (await RouteAsync(facade)).GetProperty("share").GetRawText();
}
