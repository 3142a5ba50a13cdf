using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Strangler.Tests.Servers;

namespace Strangler.Facade.Tests;

/// <summary>Both sides of a real canary, measured over the same time.</summary>
public sealed class GatesOverTheWireTests : IAsyncLifetime
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
    public async Task A_service_as_good_as_legacy_passes_when_enough_is_known()
    {
        await using var facade = await StartAsync();
        await AskAsync(facade, "service", 79);
        await AskAsync(facade, "legacy", 80);
        await UntilAsync(facade, "inconclusive", "79 of 80 requests answered by the service");

        await AskAsync(facade, "service", 1);

        await UntilAsync(facade, "pass");
    }

    [Theory]
    [InlineData("")]
    [InlineData("\"fallback\": \"legacy\",")]
    public async Task A_service_that_answers_5xx_fails_even_when_nobody_sees_it(string fallback)
    {
        await using var facade = await StartAsync(fallback);
        await AskAsync(facade, "legacy", 80);
        await AskAsync(facade, "service", 40);
        status = 500;
        await AskAsync(facade, "service", 40);

        var report = await UntilAsync(facade, "fail");

        var errors = report.GetProperty("gates")[0];
        Assert.Equal(("errors", "fail", 50, 0), (errors.GetProperty("name").GetString(), errors.GetProperty("verdict").GetString(), errors.GetProperty("service").GetInt32(), errors.GetProperty("legacy").GetInt32()));
    }

    [Fact]
    public async Task What_was_measured_stays_over_a_change_of_something_else_and_goes_with_a_change_of_the_share()
    {
        await using var facade = await StartAsync();
        await AskAsync(facade, "service", 80);
        await AskAsync(facade, "legacy", 80);

        await TakeAsync(facade, [.. Routes("", "50"), (byte)'\n']);
        await UntilAsync(facade, "pass");
        await TakeAsync(facade, Routes("", "60"));

        await UntilAsync(facade, "inconclusive", "0 of 80 requests answered by the service");
    }

    [Fact]
    public async Task What_was_measured_stays_over_a_restart()
    {
        var folder = Directory.CreateTempSubdirectory("facade-").FullName;
        await File.WriteAllBytesAsync(Path.Combine(folder, "routes.json"), Routes("", "50"), TestContext.Current.CancellationToken);
        string? since;
        await using (var first = await RunningFacade.StartAsync(folder, false, Addresses()))
        {
            await AskAsync(first, "service", 80);
            await AskAsync(first, "legacy", 80);
            since = (await ReportAsync(first)).GetProperty("since").GetRawText();
        }

        await using var again = await RunningFacade.StartAsync(folder, true, Addresses());

        var report = await ReportAsync(again);
        Assert.Equal(("pass", since), (report.GetProperty("verdict").GetString(), report.GetProperty("since").GetRawText()));
    }

    [Fact]
    public async Task A_route_of_which_nothing_is_measured_is_inconclusive_and_an_unknown_one_not_found()
    {
        await using var facade = await StartAsync();

        var other = JsonDocument.Parse(await facade.Admin.GetStringAsync("/gates?route=everything-else", TestContext.Current.CancellationToken)).RootElement;
        using var unknown = await facade.Admin.GetAsync("/gates?route=oders", TestContext.Current.CancellationToken);

        Assert.Equal(("inconclusive", false), (other.GetProperty("verdict").GetString(), other.GetProperty("decides").GetBoolean()));
        Assert.Equal(404, (int)unknown.StatusCode);
        Assert.Contains("Did you mean", await unknown.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private static byte[] Routes(string fallback, string share) => Tables.File($$"""
        { "id": "orders", "match": { "path": "/orders", "methods": ["GET"] }, "service": "orders", {{fallback}} "stage": "canary",
          "canary": { "share": {{share}}, "testers": { "header": "X-Side" } }, "gates": { "samples": 80, "errors": 20, "latency": 100 } },
        """);

    private Task<RunningFacade> StartAsync(string fallback = "") => RunningFacade.StartAsync(Routes(fallback, "50"), Addresses());

    private string[] Addresses() => ["--Facade:Addresses:legacy", legacy.Address.ToString(), "--Facade:Addresses:orders", service.Address.ToString()];

    private static async Task AskAsync(RunningFacade facade, string side, int times)
    {
        for (var i = 0; i < times; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/orders");
            request.Headers.Add("X-Side", side);
            (await facade.Client.SendAsync(request)).Dispose();
        }
    }

    private static async Task TakeAsync(RunningFacade facade, byte[] routes)
    {
        var revision = (await facade.StatusAsync()).GetProperty("revision").GetInt64();
        facade.Replace(routes);
        await facade.UntilAsync(status => status.GetProperty("revision").GetInt64() > revision, TimeSpan.FromSeconds(5));
    }

    private static async Task<JsonElement> ReportAsync(RunningFacade facade) => JsonDocument.Parse(await facade.Admin.GetStringAsync("/gates?route=ORDERS")).RootElement;

    /// <summary>Waits for a verdict: requests are counted after their answers have gone out.</summary>
    private static async Task<JsonElement> UntilAsync(RunningFacade facade, string verdict, string text = "")
    {
        JsonElement report = default;
        await Wait.UntilAsync(
            async () => (report = await ReportAsync(facade)).GetProperty("verdict").GetString() == verdict && report.GetProperty("gates")[0].GetProperty("text").GetString()!.Contains(text, StringComparison.Ordinal),
            $"the gates say {verdict}");
        return report;
    }
}
