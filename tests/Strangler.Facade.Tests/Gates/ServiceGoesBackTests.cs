using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Strangler.Tests.Servers;

namespace Strangler.Facade.Tests;

/// <summary>A route in stage service that breaks its limits while nobody looks.</summary>
public sealed class ServiceGoesBackTests : IAsyncLifetime
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
    public async Task It_goes_back_to_legacy_and_says_so()
    {
        await using var facade = await StartAsync("service", """["GET"]""");
        await AskAsync(facade, 30);
        Assert.Equal("service", await StageAsync(facade));

        status = 500;
        await UntilAsync(facade, "legacy");

        var history = await facade.Admin.GetStringAsync("/history?route=orders", TestContext.Current.CancellationToken);
        Assert.Contains("\"who\":\"gates\",\"why\":\"fail: errors fail (service ", history);
        Assert.Contains("\"before\":\"service\",\"after\":\"legacy\"", history);
        Assert.Contains("// stays", await File.ReadAllTextAsync(facade.RoutesFile, TestContext.Current.CancellationToken));
        Assert.Equal("legacy", await facade.Client.GetStringAsync("/orders", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task It_is_held_against_legacy_as_that_was_when_it_last_answered_beside_it()
    {
        await using var facade = await StartAsync("canary", """["GET"]""", "\"onFailure\": \"previous\",");
        await AskAsync(facade, 60);
        Assert.Equal("canary", await StageAsync(facade));

        facade.Replace((await File.ReadAllBytesAsync(facade.RoutesFile, TestContext.Current.CancellationToken)).Replacing("\"stage\": \"canary\"", "\"stage\": \"service\""));
        await UntilAsync(facade, "service");
        var report = await ReportAsync(facade);

        Assert.Equal(0, report.GetProperty("gates")[0].GetProperty("legacy").GetDecimal());
        Assert.True(report.GetProperty("gates")[1].GetProperty("legacy").GetDecimal() > 0);
        status = 503;
        await UntilAsync(facade, "canary");
        Assert.Contains("\"before\":\"service\",\"after\":\"canary 50\"", await facade.Admin.GetStringAsync("/history?route=orders", TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("[\"GET\", \"POST\"]", "", "")]
    [InlineData("[\"GET\"]", "", "{ \"id\": \"write\", \"match\": { \"path\": \"/Orders\", \"methods\": [\"POST\"] }, \"service\": \"orders\", \"stage\": \"service\" },")]
    [InlineData("[\"GET\"]", "\"onFailure\": \"pause\",", "")]
    [InlineData("[\"GET\"]", "\"dryRun\": true,", "")]
    public async Task It_stays_where_legacy_does_not_know_what_was_written_and_where_its_entry_says_so(string methods, string gates, string more)
    {
        await using var facade = await StartAsync("service", methods, gates, more);
        this.status = 500;
        await Wait.UntilAsync(
            async () =>
            {
                await AskAsync(facade, 1);
                return (await ReportAsync(facade)).GetProperty("verdict").GetString() == "fail";
            },
            "the gates fail");

        // Another file goes live meanwhile, so that the runner has had its turns.
        facade.Replace([.. await File.ReadAllBytesAsync(facade.RoutesFile, TestContext.Current.CancellationToken), (byte)'\n']);
        await facade.UntilAsync(status => status.GetProperty("revision").GetInt64() == 2, TimeSpan.FromSeconds(5));

        Assert.Equal("service", await StageAsync(facade));
    }

    private Task<RunningFacade> StartAsync(string stage, string methods, string gates = "", string more = "") => RunningFacade.StartAsync(
        Tables.File($$"""
            { "id": "orders", "match": { "path": "/orders", "methods": {{methods}} }, "service": "orders", "stage": "{{stage}}", // stays
              "canary": { "share": 50, "testers": { "header": "X-Side" } }, "gates": { {{gates}} "samples": 20, "errors": 40, "latency": 100 } }, {{more}}
            """).Replacing("[\"http://127.0.0.1:8083\"]", "[\"http://127.0.0.1:8083\"], \"breaker\": \"off\""),
        "--Facade:Addresses:legacy", legacy.Address.ToString(), "--Facade:Addresses:orders", service.Address.ToString());

    private static async Task AskAsync(RunningFacade facade, int times)
    {
        for (var i = 0; i < times; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/orders");
            request.Headers.Add("X-Side", i % 2 == 0 ? "service" : "legacy");
            (await facade.Client.SendAsync(request)).Dispose();
        }
    }

    private static async Task<JsonElement> ReportAsync(RunningFacade facade) => JsonDocument.Parse(await facade.Admin.GetStringAsync("/gates?route=orders")).RootElement;

    private static async Task<string?> StageAsync(RunningFacade facade) => (await facade.StatusAsync()).GetProperty("routes")[0].GetProperty("stage").GetString();

    private static Task UntilAsync(RunningFacade facade, string stage) => Wait.UntilAsync(
        async () =>
        {
            await AskAsync(facade, 1);
            return await StageAsync(facade) == stage;
        },
        $"the route is in stage {stage}");
}
