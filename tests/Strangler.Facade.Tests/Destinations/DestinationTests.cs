using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Strangler.Tests.Servers;

namespace Strangler.Facade.Tests;

/// <summary>Services that listen in several places, some of which are ill.</summary>
public sealed class DestinationTests : IAsyncLifetime
{
    private readonly Backend[] services = new Backend[3];
    private readonly string[] health = ["200", "200", "200"];
    private readonly RawServer legacy = RawServer.Saying(RawServer.Ok("legacy"));

    public async ValueTask InitializeAsync()
    {
        for (var i = 0; i < services.Length; i++) services[i] = await StartAsync(i);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in services) await service.DisposeAsync();
        await legacy.DisposeAsync();
    }

    [Theory]
    [InlineData("RoundRobin", "0 1 2 0 1 2")]
    [InlineData("LeastRequests", "0 0 0 0 0 0")]
    public async Task The_policy_of_the_file_chooses(string policy, string order)
    {
        await using var facade = await FacadeAsync($"\"loadBalancing\": \"{policy}\"");

        var asked = new List<string>();
        for (var i = 0; i < 6; i++) asked.Add(await AskAsync(facade));

        Assert.Equal(order, string.Join(' ', asked));
    }

    [Theory]
    [InlineData("Random")]
    [InlineData("PowerOfTwoChoices")]
    public async Task By_chance_everyone_has_a_turn(string policy)
    {
        await using var facade = await FacadeAsync($"\"loadBalancing\": \"{policy}\"");
        var asked = new HashSet<string>();

        // One of three left out 200 times: less than one in 10^34.
        for (var i = 0; i < 200 && asked.Count < 3; i++) asked.Add(await AskAsync(facade));

        Assert.Equal(3, asked.Count);
    }

    [Fact]
    public async Task One_that_cannot_be_reached_loses_no_request_not_even_a_write()
    {
        await using var facade = await FacadeAsync("\"loadBalancing\": \"RoundRobin\"");
        await services[1].DisposeAsync();

        for (var i = 0; i < 10; i++)
        {
            var answer = await RawWire.ExchangeAsync(facade.Public, "POST /orders HTTP/1.1\r\nHost: shop\r\nContent-Length: 4\r\n\r\nbody");
            Assert.StartsWith("HTTP/1.1 200 ", answer);
            Assert.Contains("body", RawWire.Body(answer));
        }

        Assert.Equal([true, false, true], await HealthyAsync(facade));
    }

    /// <summary>The client library would try such a request again on a new connection, which then cannot be made: that looks as if nothing had ever been sent.</summary>
    [Fact]
    public async Task A_write_that_one_took_before_it_died_goes_to_no_other()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var taken = DieOnSecondAsync(listener);
        var other = RawServer.Saying(RawServer.Ok("other"));
        await using var facade = await RunningFacade.StartAsync(Tables.File("""{ "id": "orders", "match": { "path": "/orders" }, "service": "orders", "stage": "service" },""").Replacing(
            """["http://127.0.0.1:8083"]""",
            $"""["http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}", "{other.Address.GetLeftPart(UriPartial.Authority)}"], "loadBalancing": "RoundRobin" """));
        const string Write = "DELETE /orders HTTP/1.1\r\nHost: shop\r\n\r\n";
        foreach (var body in (string[])["first", "other"]) Assert.Equal(body, RawWire.Body(await RawWire.ExchangeAsync(facade.Public, Write)));

        var answer = await RawWire.ExchangeAsync(facade.Public, Write);

        Assert.StartsWith("HTTP/1.1 502 ", answer);
        Assert.StartsWith("DELETE /orders ", await taken);
        Assert.Single(other.Requests);
        await other.DisposeAsync();
    }

    [Fact]
    public async Task One_that_says_it_is_ill_gets_no_requests_until_it_is_well()
    {
        await using var facade = await FacadeAsync("\"loadBalancing\": \"RoundRobin\", \"health\": { \"path\": \"/health?deep\", \"interval\": \"00:00:00.100\", \"failures\": 2 }");

        health[0] = "503";
        await Wait.UntilAsync(async () => !(await HealthyAsync(facade))[0], "it is out");
        for (var i = 0; i < 6; i++) Assert.NotEqual("0", await AskAsync(facade));
        health[0] = "204";

        await Wait.UntilAsync(async () => (await HealthyAsync(facade))[0] && await AskAsync(facade) == "0", "it is back");
    }

    [Fact]
    public async Task One_that_hangs_when_asked_how_it_is_is_ill()
    {
        await using var facade = await FacadeAsync("\"health\": { \"path\": \"/health\", \"interval\": \"00:00:00.100\", \"timeout\": \"00:00:00.100\", \"failures\": 1 }");

        health[2] = "hang";

        await Wait.UntilAsync(async () => string.Join(" ", await HealthyAsync(facade)) == "True True False", "it is out");
    }

    [Fact]
    public async Task When_none_is_healthy_none_is_asked()
    {
        await using var facade = await FacadeAsync("\"health\": { \"path\": \"/health\", \"interval\": \"00:00:00.100\", \"failures\": 1 }");
        for (var i = 0; i < 3; i++) health[i] = "500";
        await Wait.UntilAsync(async () => (await HealthyAsync(facade)).All(healthy => !healthy), "all are out");

        var page = await RawWire.ExchangeAsync(facade.Public, "POST /orders HTTP/1.1\r\nHost: shop\r\nAccept: text/html\r\nContent-Length: 0\r\n\r\n");
        var read = await RawWire.ExchangeAsync(facade.Public, "GET /read HTTP/1.1\r\nHost: shop\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 503 ", page);
        Assert.Equal(("5", "text/html; charset=utf-8"), (RawWire.Header(page, "Retry-After"), RawWire.Header(page, "Content-Type")));
        Assert.Contains("legacy", RawWire.Body(read));
    }

    [Fact]
    public async Task Health_says_how_many_answer_and_fails_when_none_does()
    {
        await using var facade = await FacadeAsync("\"loadBalancing\": \"RoundRobin\"");
        await services[0].DisposeAsync();
        await services[2].DisposeAsync();

        Assert.Contains("1 of 3 destinations answer", await facade.Admin.GetStringAsync("/health", TestContext.Current.CancellationToken));
        await services[1].DisposeAsync();
        using var dead = await facade.Admin.GetAsync("/health", TestContext.Current.CancellationToken);

        Assert.Equal(503, (int)dead.StatusCode);
    }

    /// <summary>Answers one request, takes the next, and is gone.</summary>
    private static async Task<string?> DieOnSecondAsync(TcpListener listener)
    {
        using var client = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        var wire = new RawWire(client.GetStream());
        await wire.ReadMessageAsync(isRequest: true, TestContext.Current.CancellationToken);
        await RawServer.SendAsync(client.GetStream(), RawServer.Ok("first"));
        var second = await wire.ReadMessageAsync(isRequest: true, TestContext.Current.CancellationToken);
        listener.Stop();
        return second;
    }

    private Task<Backend> StartAsync(int index) => Backend.StartAsync(async context =>
    {
        if (context.Request.Path != "/health")
        {
            await context.Response.WriteAsync($"{index}{await new StreamReader(context.Request.Body).ReadToEndAsync()}");
            return;
        }

        if (health[index] == "hang") await Backend.HangAsync(context);
        else context.Response.StatusCode = int.Parse(health[index], System.Globalization.CultureInfo.InvariantCulture);
    });

    private Task<RunningFacade> FacadeAsync(string rules)
    {
        var addresses = string.Join(", ", services.Select(service => $"\"{service.Address.GetLeftPart(UriPartial.Authority)}\""));
        return RunningFacade.StartAsync(Tables.File("""
            { "id": "orders", "match": { "path": "/orders" }, "service": "orders", "stage": "service" },
            { "id": "read", "match": { "path": "/read", "methods": ["GET"] }, "service": "orders", "stage": "service", "fallback": "legacy" },
            """).Replacing("""["http://127.0.0.1:8083"]""", $"[{addresses}], {rules}"), "--Facade:Addresses:legacy", legacy.Address.ToString());
    }

    private static async Task<string> AskAsync(RunningFacade facade) => await facade.Client.GetStringAsync("/orders", TestContext.Current.CancellationToken);

    private static async Task<List<bool>> HealthyAsync(RunningFacade facade) =>
        [.. (await facade.StatusAsync()).GetProperty("services")[0].GetProperty("destinations").EnumerateArray().Select(destination => destination.GetProperty("healthy").GetBoolean())];
}
