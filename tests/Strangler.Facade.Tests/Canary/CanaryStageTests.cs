using System.Net;

namespace Strangler.Facade.Tests;

/// <summary>A route of which the service answers a share, over the wire.</summary>
public sealed class CanaryStageTests : IAsyncLifetime
{
    private readonly RawServer legacy = RawServer.Saying(RawServer.Ok("legacy"));
    private readonly RawServer service = RawServer.Saying(RawServer.Ok("service"));
    private RunningFacade facade = null!;

    public async ValueTask InitializeAsync() => facade = await RunningFacade.StartAsync(
        Routes("50"), "--Facade:Addresses:legacy", legacy.Address.ToString(), "--Facade:Addresses:orders", service.Address.ToString());

    public async ValueTask DisposeAsync()
    {
        await facade.DisposeAsync();
        await legacy.DisposeAsync();
        await service.DisposeAsync();
    }

    [Fact]
    [Transparency(80)]
    public async Task A_session_stays_on_one_side_and_its_half_is_on_the_service()
    {
        var sides = new List<string>();
        for (var session = 0; session < 100; session++)
        {
            var side = await AskAsync($"sid={session}");
            Assert.Equal(side, await AskAsync($"other=1; sid={session}"));
            sides.Add(side);
        }

        // Drawn once and for all by the sessions' names.
        Assert.Equal(Enumerable.Range(0, 100).Count(session => Bucket.Of("page", $"session:{session}") < 5000), sides.Count(side => side == "service"));
    }

    [Fact]
    public async Task A_visitor_without_a_session_is_given_a_key_that_no_owner_sees()
    {
        var first = await RawWire.ExchangeAsync(facade.Public, "GET /page HTTP/1.1\r\nHost: shop\r\nCookie: a=1\r\n\r\n");

        var cookie = RawWire.Header(first, "Set-Cookie")!;
        Assert.Matches("^strangler-key=[0-9a-f]{32}; Max-Age=31536000; Path=/; HttpOnly; SameSite=Lax$", cookie);
        var key = cookie.Split(';')[0];
        for (var i = 0; i < 5; i++)
        {
            var again = await RawWire.ExchangeAsync(facade.Public, $"GET /page HTTP/1.1\r\nHost: shop\r\nCookie: a=1; {key}; b=2\r\n\r\n");
            Assert.Equal(RawWire.Body(first), RawWire.Body(again));
            Assert.Null(RawWire.Header(again, "Set-Cookie"));
        }

        Assert.Equal(["a=1", .. Enumerable.Repeat("a=1; b=2", 5)], legacy.Requests.Concat(service.Requests).Select(request => RawWire.Header(request, "Cookie")));
    }

    [Fact]
    public async Task Zero_beats_every_cookie_at_once()
    {
        Assert.Equal("service", await AskAsync("side=service"));
        var served = await SessionOnAsync("service");

        await TakeAsync("0");

        Assert.Equal("legacy", await AskAsync("side=service"));
        Assert.Equal("legacy", await AskAsync(served));
    }

    [Fact]
    public async Task Raising_and_lowering_the_share_moves_users_one_way_only()
    {
        var sessions = Enumerable.Range(0, 40).Select(number => $"sid={number}").ToArray();
        var before = await ServedAsync(sessions);

        await TakeAsync("80");
        var more = await ServedAsync(sessions);
        await TakeAsync("20.5");
        var fewer = await ServedAsync(sessions);

        Assert.Superset(before, more);
        Assert.Subset(before, fewer);
        Assert.True(fewer.Count < before.Count && before.Count < more.Count);
    }

    [Fact]
    [Transparency(80)]
    public async Task Assets_have_the_owner_of_their_page()
    {
        for (var session = 0; session < 20; session++) Assert.Equal(await AskAsync($"sid={session}"), await AskAsync($"sid={session}", "/static/app.css"));
    }

    [Fact]
    public async Task Every_step_of_a_share_is_in_the_history_and_the_share_in_the_status()
    {
        await TakeAsync("75.25");

        var history = await facade.Admin.GetStringAsync("/history?route=page");

        Assert.Contains("\"before\":null,\"after\":\"canary 50\"", history);
        Assert.Contains("\"before\":\"canary 50\",\"after\":\"canary 75.25\"", history);
        var routes = (await facade.StatusAsync()).GetProperty("routes").EnumerateArray().Select(route => $"{route.GetProperty("id")} {route.GetProperty("stage")} {route.GetProperty("share")}");
        Assert.Equal(["page canary 75.25", "assets canary 75.25", "everything-else legacy "], routes);
    }

    [Fact]
    [Transparency(80, 96)]
    public async Task Two_facades_split_the_same_visitor_alike()
    {
        await using var other = await RunningFacade.StartAsync(
            Routes("50"), "--Facade:Addresses:legacy", legacy.Address.ToString(), "--Facade:Addresses:orders", service.Address.ToString());

        for (var session = 0; session < 20; session++) Assert.Equal(await AskAsync($"sid={session}"), await AskAsync($"sid={session}", "/page", other));
    }

    [Fact]
    public async Task An_answer_that_a_shared_cache_may_keep_gives_nobody_a_key()
    {
        await using var shared = RawServer.Saying("HTTP/1.1 200 OK\r\nCache-Control: public, max-age=60\r\nContent-Length: 0\r\n\r\n");
        await using var facade = await RunningFacade.StartAsync(
            Routes("50"), "--Facade:Addresses:legacy", shared.Address.ToString(), "--Facade:Addresses:orders", shared.Address.ToString());

        Assert.Null(RawWire.Header(await RawWire.ExchangeAsync(facade.Public, "GET /page HTTP/1.1\r\nHost: shop\r\n\r\n"), "Set-Cookie"));
    }

    [Theory]
    [InlineData("cookie=side%3Dservice", "orders", "The cookie 'side' asks for service 'orders'.")]
    [InlineData("cookie=sid%3D1", null, "The key is the session; it draws bucket ")]
    [InlineData("cookie=strangler-key%3D1", null, "The key is the cookie; it draws bucket ")]
    [InlineData("", "legacy", "A visitor without the session cookie 'sid' and without the facade's cookie 'strangler-key' is given one, with a key drawn at random.")]
    public async Task Explain_says_which_side_and_why(string caller, string? owner, string reason)
    {
        var explanation = System.Text.Json.JsonDocument.Parse(await facade.Admin.GetStringAsync($"/explain?url=/static/x&{caller}")).RootElement;

        var reasons = explanation.GetProperty("reasons").EnumerateArray().Select(each => each.GetString()!).ToList();
        Assert.Contains("Stage canary: it splits its users as the route 'page' does, so that what belongs together has one owner.", reasons);
        Assert.Contains("Service 'orders' answers 50 % of the visitors, legacy the others.", reasons);
        Assert.Contains(reasons, each => each.StartsWith(reason, StringComparison.Ordinal));
        if (caller.StartsWith("cookie=s", StringComparison.Ordinal) && owner is null) owner = await AskAsync(WebUtility.UrlDecode(caller["cookie=".Length..])) == "service" ? "orders" : "legacy";
        Assert.Equal(owner, explanation.GetProperty("owner").GetString());
    }

    private static byte[] Routes(string share) => Tables.File($$"""
        { "id": "page", "match": { "path": "/page", "methods": ["GET"] }, "service": "orders", "stage": "canary", "canary": { "share": {{share}}, "testers": { "cookie": "side" } } },
        { "id": "assets", "match": { "path": "/static/{**rest}", "methods": ["GET"] }, "service": "orders", "stage": "canary", "canary": { "follows": "page" } },
        """).Replacing("\"http://127.0.0.1:8082\"", "\"http://127.0.0.1:8082\", \"sessionCookie\": \"sid\"");

    private async Task<string> AskAsync(string cookies, string path = "/page", RunningFacade? facade = null) =>
        RawWire.Body(await RawWire.ExchangeAsync((facade ?? this.facade).Public, $"GET {path} HTTP/1.1\r\nHost: shop\r\nCookie: {cookies}\r\n\r\n"));

    private async Task<HashSet<string>> ServedAsync(string[] sessions)
    {
        var served = new HashSet<string>();
        foreach (var session in sessions)
        {
            if (await AskAsync(session) == "service") served.Add(session);
        }

        return served;
    }

    private async Task<string> SessionOnAsync(string side)
    {
        for (var session = 0; ; session++)
        {
            if (await AskAsync($"sid={session}") == side) return $"sid={session}";
        }
    }

    private async Task TakeAsync(string share)
    {
        var revision = (await facade.StatusAsync()).GetProperty("revision").GetInt64();
        facade.Replace(Routes(share));
        await facade.UntilAsync(status => status.GetProperty("revision").GetInt64() > revision, TimeSpan.FromSeconds(5));
    }
}
