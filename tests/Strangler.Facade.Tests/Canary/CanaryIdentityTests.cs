using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Strangler.Identity;

namespace Strangler.Facade.Tests;

/// <summary>On a route that knows its users, a user is on one side whatever their session.</summary>
public sealed class CanaryIdentityTests : IAsyncLifetime
{
    private const string Key = "6f9619ff-8b86-d011-b42d-00c04fc964ff";
    private readonly string keys = Directory.CreateTempSubdirectory("keys-").FullName;
    private readonly RawServer service = RawServer.Saying(RawServer.Ok("service"));
    private Backend legacy = null!;
    private RunningFacade facade = null!;
    private int asked;
    private volatile bool ended;

    public async ValueTask InitializeAsync()
    {
        legacy = await Backend.StartAsync(LegacyAsync);
        facade = await RunningFacade.StartAsync(
            Tables.File("""
                { "id": "orders", "match": { "path": "/orders", "methods": ["GET"] }, "service": "orders", "identity": "required", "stage": "canary", "canary": { "share": 50, "testers": { "header": "X-Side" } } },
                { "id": "assets", "match": { "path": "/static/{**rest}", "methods": ["GET"] }, "service": "orders", "stage": "canary", "canary": { "follows": "orders" } },
                """).Replacing("\"http://127.0.0.1:8082\"", "\"http://127.0.0.1:8082\", \"sessionCookie\": \"session\""),
            "--Facade:Addresses:legacy", legacy.Address.ToString(), "--Facade:Addresses:orders", service.Address.ToString(),
            "--Facade:RemoteAuthenticationKey", Key, "--Identity:PrivateKey", IdentityKeys.CreateFiles(keys).PrivateKey);
    }

    public async ValueTask DisposeAsync()
    {
        await facade.DisposeAsync();
        await legacy.DisposeAsync();
        await service.DisposeAsync();
        Directory.Delete(keys, recursive: true);
    }

    [Fact]
    public async Task A_user_has_one_side_in_every_session_and_for_page_and_assets()
    {
        for (var user = 0; user < 20; user++)
        {
            var expected = Bucket.Of("orders", $"user:u{user}") < 5000 ? "service" : "legacy";

            Assert.Equal(expected, await AskAsync("/orders", $"session=u{user}.first"));
            Assert.Equal(expected, await AskAsync("/orders", $"session=u{user}.second"));
            Assert.Equal(expected, await AskAsync("/static/app.js", $"session=u{user}.third"));
        }
    }

    [Fact]
    public async Task The_service_is_told_who_the_user_is_and_legacy_is_asked_once()
    {
        Assert.Equal("service", await AskAsync("/orders", "session=u1.x", "X-Side: service\r\n"));
        Assert.Equal("service", await AskAsync("/orders", $"session={UserOn("service")}.x"));

        Assert.Equal(2, asked);
        Assert.All(service.Requests, request => Assert.NotNull(RawWire.Header(request, "X-Strangler-Identity")));
    }

    [Fact]
    public async Task A_user_on_legacys_side_and_a_page_with_its_assets_cost_one_question()
    {
        var (old, moved) = (UserOn("legacy"), UserOn("service"));

        for (var i = 0; i < 20; i++) Assert.Equal("legacy", await AskAsync("/orders", $"session={old}.x"));
        Assert.Equal(1, asked);

        for (var i = 0; i < 20; i++) Assert.Equal("service", await AskAsync("/static/app.js", $"session={moved}.x"));
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task Nobody_is_let_in_by_memory()
    {
        var user = UserOn("service");
        Assert.Equal("service", await AskAsync("/orders", $"session={user}.x"));
        ended = true;

        var answer = await RawWire.ExchangeAsync(facade.Public, $"GET /orders HTTP/1.1\r\nHost: shop\r\nCookie: session={user}.x\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 302 ", answer);
        Assert.Single(service.Requests);
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task Users_are_never_mixed_whatever_their_credentials_look_like()
    {
        var (old, moved) = (UserOn("legacy"), UserOn("service"));
        Assert.Equal("legacy", await AskAsync("/orders", $"session={old}.x"));

        Assert.Equal("service", await AskAsync("/orders", $"session={moved}.x"));
        Assert.Equal("service", await AskAsync("/orders", $"session={moved}.x", $"Authorization: session={old}.x\r\n"));
        Assert.Equal("legacy", await AskAsync("/orders", $"session={old}.x; a=b"));

        Assert.Equal(4, asked);
    }

    [Fact]
    public void Memory_is_short_and_can_be_switched_off()
    {
        var clock = new SetClock();
        var users = new KnownUsers(new FacadeOptions(), clock);
        var never = new KnownUsers(new FacadeOptions { IdentityMemory = TimeSpan.Zero }, clock);
        var ana = Asking("session=1");
        users.Note(ana, "ana");
        never.Note(ana, "ana");

        clock.Move(59.9);
        Assert.Equal(("ana", null), (users.Of(ana), never.Of(ana)));
        for (var i = 0; i < 50_000; i++) users.Note(Asking($"session=other{i}"), "other");

        Assert.Equal("other", users.Of(Asking("session=other49999")));
        // So many pass through that who was there first is forgotten, and asked about again.
        Assert.Null(users.Of(ana));
        clock.Move(60);
        Assert.Null(users.Of(Asking("session=other49999")));
        Assert.Null(users.Of(new DefaultHttpContext()));

        static DefaultHttpContext Asking(string cookie) => new() { Request = { Headers = { Cookie = cookie } } };
    }

    [Fact]
    public async Task Whoever_legacy_does_not_know_is_answered_by_legacy_itself()
    {
        var through = await RawWire.ExchangeAsync(facade.Public, "GET /orders HTTP/1.1\r\nHost: shop\r\n\r\n");
        var direct = await RawWire.ExchangeAsync(legacy.Address, "GET /orders HTTP/1.1\r\nHost: shop\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 302 ", direct);
        Assert.Equal(WithoutDate(direct), WithoutDate(through));
        Assert.Empty(service.Requests);
    }

    [Theory]
    [InlineData("error")]
    [InlineData("nameless")]
    public async Task When_legacy_cannot_say_who_it_is_legacy_still_answers(string session)
    {
        Assert.Equal("legacy", await AskAsync("/orders", $"session={session}.x"));
        Assert.Empty(service.Requests);
    }

    [Fact]
    public async Task Explain_names_the_side_of_a_user()
    {
        var user = UserOn("service");

        var answer = await facade.Admin.GetStringAsync($"/explain?url=/orders&user={user}");
        var nobody = await facade.Admin.GetStringAsync("/explain?url=/orders");

        Assert.Contains("\"owner\":\"orders\"", answer);
        Assert.Contains($"The key is the user; it draws bucket {Bucket.Of("orders", $"user:{user}")} of 0 to 9999, and the service has those below 5000: service 'orders'.", answer);
        Assert.Contains("\"owner\":\"legacy\"", nobody);
        Assert.Contains("Whoever legacy does not know is answered by legacy.", nobody);
    }

    private static string UserOn(string side) => Enumerable.Range(0, 100).Select(number => $"u{number}").First(user => (Bucket.Of("orders", $"user:{user}") < 5000) == (side == "service"));

    private static IEnumerable<string> WithoutDate(string answer) => answer.Split("\r\n").Where(line => !line.StartsWith("Date:", StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    private async Task<string> AskAsync(string path, string cookie, string headers = "") =>
        RawWire.Body(await RawWire.ExchangeAsync(facade.Public, $"GET {path} HTTP/1.1\r\nHost: shop\r\n{headers}Cookie: {cookie}\r\n\r\n"));

    private async Task LegacyAsync(HttpContext context)
    {
        var user = ended ? null : context.Request.Cookies["session"]?.Split('.')[0];
        if (context.Request.Path != "/systemweb-adapters/authenticate")
        {
            if (user is null) context.Response.Redirect("/login/?next=/orders");
            else
            {
                context.Response.ContentLength = 6;
                await context.Response.WriteAsync("legacy");
            }

            return;
        }

        Interlocked.Increment(ref asked);
        if (user is null or "error")
        {
            context.Response.StatusCode = user is null ? 302 : 500;
            return;
        }

        using var bytes = new MemoryStream();
        new ClaimsPrincipal(new ClaimsIdentity(user == "nameless" ? [] : [new Claim(ClaimTypes.Name, user)], "Forms")).WriteTo(new BinaryWriter(bytes));
        context.Response.ContentType = "application/octet-stream";
        await context.Response.Body.WriteAsync(bytes.ToArray());
    }
}
