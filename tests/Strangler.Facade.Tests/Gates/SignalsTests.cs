using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Strangler.Tests.Servers;

namespace Strangler.Facade.Tests;

/// <summary>Numbers that somebody else knows, asked over the wire.</summary>
public sealed class SignalsTests : IAsyncLifetime
{
    private Backend both = null!;
    private Backend layer = null!;
    private volatile string answer = """{ "seconds_behind": 1.5, "quarantine": { "open": 0 } }""";

    public async ValueTask InitializeAsync()
    {
        both = await Backend.SayingAsync("ok");
        layer = await Backend.StartAsync(context => context.Response.WriteAsync(answer));
    }

    public async ValueTask DisposeAsync()
    {
        await both.DisposeAsync();
        await layer.DisposeAsync();
    }

    [Fact]
    public async Task A_route_passes_when_its_signals_do_too_and_fails_when_one_has_been_over_its_limit()
    {
        await using var facade = await StartAsync(layer.Address);
        await AskAsync(facade);
        await UntilAsync(facade, "pass");

        answer = """{ "seconds_behind": 9, "quarantine": { "open": 0 } }""";

        var gates = await UntilAsync(facade, "fail");
        Assert.Equal(["errors pass", "latency pass", "lag fail", "quarantine pass"], gates.Select(gate => $"{gate.GetProperty("name")} {gate.GetProperty("verdict")}"));
        Assert.Equal(9, gates[2].GetProperty("service").GetInt32());
    }

    [Theory]
    [InlineData("""{ "seconds_behind": null, "quarantine": { "open": 0 } }""", "lag", "has no number 'seconds_behind'")]
    [InlineData("""{ "seconds_behind": 1, "quarantine": 7 }""", "quarantine", "has no number 'quarantine.open'")]
    [InlineData("no JSON", "lag", "has no number 'seconds_behind'")]
    public async Task An_answer_without_the_number_never_passes(string answer, string name, string problem)
    {
        this.answer = answer;
        await using var facade = await StartAsync(layer.Address);
        await AskAsync(facade);

        await UntilAsync(facade, name, problem);

        Assert.Equal("inconclusive", (await ReportAsync(facade)).GetProperty("verdict").GetString());
    }

    [Fact]
    public async Task Nobody_there_never_passes()
    {
        await using var facade = await StartAsync(new Uri("http://127.0.0.1:1"));
        await AskAsync(facade);

        await UntilAsync(facade, "lag", "cannot be asked");

        Assert.Equal("inconclusive", (await ReportAsync(facade)).GetProperty("verdict").GetString());
    }

    [Fact]
    public async Task Somebody_who_hangs_never_passes_and_delays_nobody()
    {
        await using var hanging = await Backend.HangingAsync();
        await using var facade = await StartAsync(layer.Address, new Uri(hanging.Address, "/quarantine"));
        await AskAsync(facade);

        await UntilAsync(facade, "quarantine", "does not answer in time");

        Assert.Contains((await ReportAsync(facade)).GetProperty("gates").EnumerateArray(), gate => $"{gate.GetProperty("name")} {gate.GetProperty("verdict")}" == "lag pass");
    }

    private Task<RunningFacade> StartAsync(Uri lag, Uri? quarantine = null) => RunningFacade.StartAsync(
        Tables.File($$"""
            { "id": "orders", "match": { "path": "/orders", "methods": ["GET"] }, "service": "orders", "stage": "canary", "canary": { "share": 50, "testers": { "header": "X-Side" } },
              "gates": { "samples": 10, "errors": 50, "latency": 100, "onFailure": "pause", "signals": {
                "lag": { "url": "{{lag}}", "value": "seconds_behind", "most": 5, "patience": "00:00:00" },
                "quarantine": { "url": "{{quarantine ?? lag}}", "value": "quarantine.open", "most": 0 } } } },
            """),
        "--Facade:Addresses:legacy", both.Address.ToString(), "--Facade:Addresses:orders", both.Address.ToString());

    /// <summary>Enough of both sides that nothing but the signals is open.</summary>
    private static async Task AskAsync(RunningFacade facade)
    {
        for (var i = 0; i < 200; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/orders");
            request.Headers.Add("X-Side", i % 2 == 0 ? "service" : "legacy");
            (await facade.Client.SendAsync(request)).Dispose();
        }
    }

    private static async Task<JsonElement> ReportAsync(RunningFacade facade) => JsonDocument.Parse(await facade.Admin.GetStringAsync("/gates?route=orders")).RootElement;

    private static async Task<JsonElement[]> UntilAsync(RunningFacade facade, string verdict)
    {
        JsonElement report = default;
        await Wait.UntilAsync(async () => (report = await ReportAsync(facade)).GetProperty("verdict").GetString() == verdict, $"the gates say {verdict}");
        return [.. report.GetProperty("gates").EnumerateArray()];
    }

    private static Task UntilAsync(RunningFacade facade, string gate, string text) => Wait.UntilAsync(
        async () => (await ReportAsync(facade)).GetProperty("gates").EnumerateArray().Any(each => each.GetProperty("name").GetString() == gate && each.GetProperty("text").GetString()!.Contains(text, StringComparison.Ordinal)),
        $"gate {gate} says '{text}'");
}
