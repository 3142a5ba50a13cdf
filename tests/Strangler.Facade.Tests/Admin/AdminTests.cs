using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Strangler.Facade.Tests;

public sealed class AdminTests : IAsyncLifetime
{
    private Backend legacy = null!;
    private RunningFacade facade = null!;

    public async ValueTask InitializeAsync()
    {
        legacy = await Backend.SayingAsync("legacy");
        facade = await RunningFacade.StartAsync(
            Tables.File("""{ "id": "orders", "match": { "path": "/orders/{**rest}", "methods": ["GET"], "hosts": ["shop"] }, "service": "orders", "stage": "service" },"""),
            "--Facade:Addresses:legacy", legacy.Address.ToString(), "--Facade:Addresses:orders", FacadePageTests.FreeAddress().ToString());
    }

    public async ValueTask DisposeAsync()
    {
        await facade.DisposeAsync();
        await legacy.DisposeAsync();
    }

    [Fact]
    public async Task Status_says_what_is_live()
    {
        var status = await facade.StatusAsync();

        Assert.Equal(["revision", "hash", "file", "live_since", "route_count", "routes", "services", "open", "refused", "history_problem"], status.EnumerateObject().Select(member => member.Name));
        Assert.Equal(RoutesFile.Read(facade.RoutesFile).Hash, status.GetProperty("hash").GetString());
        var orders = status.GetProperty("routes")[0];
        Assert.Equal(["id", "path", "methods", "hosts", "conditions", "service", "stage", "share", "owner", "destination", "identity", "fallback", "access_log", "changed", "last_minute", "shadow", "gates", "steps"], orders.EnumerateObject().Select(member => member.Name));
        Assert.Equal("orders /orders/{**rest} GET shop orders service orders none", string.Join(' ', new[] { "id", "path" }.Select(name => orders.GetProperty(name).GetString())
            .Concat([orders.GetProperty("methods")[0].GetString(), orders.GetProperty("hosts")[0].GetString()])
            .Concat(new[] { "service", "stage", "owner", "identity" }.Select(name => orders.GetProperty(name).GetString()))));
    }

    [Theory]
    [InlineData("/explain?url=/orders/1?x", "everything-else", "legacy")]
    [InlineData("/explain?method=GET&url=http://shop/orders/1", "orders", "orders")]
    [InlineData("/explain?method=GET&url=/orders&host=shop", "orders", "orders")]
    [InlineData("/explain?method=POST&url=http://shop/orders/1", "everything-else", "legacy")]
    public async Task Explain_says_which_route_owns_a_request(string question, string route, string owner)
    {
        var answer = await facade.Admin.GetFromJsonAsync<JsonElement>(question);

        Assert.Equal((route, owner), (answer.GetProperty("route").GetString(), answer.GetProperty("owner").GetString()));
        Assert.Equal(["route", "stage", "owner", "service", "destination", "reasons"], answer.EnumerateObject().Select(member => member.Name));
        Assert.True(answer.GetProperty("reasons").GetArrayLength() >= 3);
    }

    [Theory]
    [InlineData("/explain", "'url' is missing: /explain?method=GET&url=/path.")]
    [InlineData("/explain?url=orders", "'orders' is no URL: it begins with '/' or 'http'.")]
    public async Task A_wrong_question_is_answered_by_what_is_wrong(string question, string error)
    {
        using var answer = await facade.Admin.GetAsync(question);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(error, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetString());
    }

    [Theory]
    [InlineData("""{"hash":"1","who":"a","why":"b"}""")]
    [InlineData("""{"hash":"0000000000000000000000000000000000000000000000000000000000000000","who":"a","why":"two\nlines"}""")]
    [InlineData("""{"hash":"0000000000000000000000000000000000000000000000000000000000000000","who":"","why":"b"}""")]
    [InlineData("nonsense")]
    public async Task An_announcement_that_says_too_little_is_refused(string body)
    {
        using var answer = await facade.Admin.PostAsync("/announcements", new StringContent(body, null, "application/json"));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Health_runs_every_checker_and_names_the_one_that_fails()
    {
        using var answer = await facade.Admin.GetAsync("/health");
        var health = await answer.Content.ReadFromJsonAsync<JsonElement>();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("failure", health.GetProperty("status").GetString());
        Assert.Equal(
            ["routes True", "history True", "owner orders False", "owner legacy True"],
            health.GetProperty("results").EnumerateArray().Select(result => $"{result.GetProperty("checker")} {result.GetProperty("passed")}"));
    }

    [Theory]
    [Transparency(69)]
    [InlineData("/status")]
    [InlineData("/explain?url=/")]
    [InlineData("/history")]
    [InlineData("/health")]
    [InlineData("/x/../status")]
    [InlineData("/%73tatus")]
    [InlineData("//status")]
    public async Task Nothing_of_it_is_reachable_through_the_public_listener(string path)
    {
        foreach (var host in new[] { facade.Admin.BaseAddress!.Authority, "localhost", facade.Public.Authority })
        {
            foreach (var target in new[] { path, $"http://{host}{path}" })
            {
                var answer = await RawWire.ExchangeAsync(facade.Public, $"GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
                Assert.EndsWith("legacy\r\n0\r\n\r\n", answer);
            }
        }
    }

    [Theory]
    [Transparency(69)]
    [InlineData("GET /status HTTP/1.1\r\nHost: ADMIN\r\nX-Forwarded-Host: ADMIN\r\nX-Forwarded-Port: PORT\r\nX-Forwarded-For: 127.0.0.1\r\nForwarded: for=127.0.0.1;host=ADMIN\r\n")]
    [InlineData("GET /x HTTP/1.1\r\nHost: ADMIN\r\nX-Original-URL: /status\r\nX-Rewrite-URL: /status\r\nX-HTTP-Method-Override: GET\r\n")]
    [InlineData("GET /status HTTP/1.1\r\nHost: ADMIN\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nConnection: Upgrade\r\n")]
    [InlineData("GET http://user@ADMIN/status HTTP/1.1\r\nHost: ADMIN\r\n")]
    [InlineData("CONNECT ADMIN HTTP/1.1\r\nHost: ADMIN\r\n")]
    [InlineData("OPTIONS * HTTP/1.1\r\nHost: ADMIN\r\n")]
    [InlineData("POST /announcements HTTP/1.1\r\nHost: ADMIN\r\nContent-Type: application/json\r\nContent-Length: 0\r\n")]
    public async Task No_header_and_no_upgrade_leads_there_either(string request)
    {
        var admin = facade.Admin.BaseAddress!;
        var head = request.Replace("ADMIN", admin.Authority, StringComparison.Ordinal).Replace("PORT", $"{admin.Port}", StringComparison.Ordinal);

        var answer = await RawWire.ExchangeAsync(facade.Public, $"{head}\r\n");

        Assert.DoesNotContain("revision", answer, StringComparison.Ordinal);
        Assert.True(answer.EndsWith("legacy\r\n0\r\n\r\n", StringComparison.Ordinal) || answer.StartsWith("HTTP/1.1 4", StringComparison.Ordinal), answer);
    }

    [Fact]
    [Transparency(69)]
    public async Task No_authority_of_HTTP_2_leads_there()
    {
        await using var legacy = RawServer.Saying(RawServer.Ok());
        await using var facade = await RunningFacade.InFrontOfAsync(legacy.Address, TestCertificate.Settings);
        await using var client = await RawHttp2.ConnectAsync(facade.Public, TestContext.Current.CancellationToken);

        foreach (var authority in new[] { facade.Admin.BaseAddress!.Authority, "localhost", facade.Public.Authority })
        {
            var stream = await client.RequestAsync([(":method", "GET"), (":scheme", "https"), (":path", "/status"), (":authority", authority)], end: true, TestContext.Current.CancellationToken);
            Assert.Equal("200", await client.StatusAsync(stream, TestContext.Current.CancellationToken));
        }

        Assert.Equal(3, legacy.Requests.Count(request => request.StartsWith("GET /status ", StringComparison.Ordinal)));
    }

    [Fact]
    [Transparency(69)]
    public async Task A_page_that_points_a_name_of_its_own_at_this_machine_learns_nothing()
    {
        var answer = await RawWire.ExchangeAsync(facade.Admin.BaseAddress!, "GET /status HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 403 ", answer);
    }
}
