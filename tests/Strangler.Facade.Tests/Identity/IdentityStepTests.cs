using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Strangler.Identity;

namespace Strangler.Facade.Tests;

/// <summary>A flipped route knows its users by legacy's word, and nobody else's.</summary>
public sealed class IdentityStepTests : IAsyncLifetime
{
    private const string Key = "6f9619ff-8b86-d011-b42d-00c04fc964ff";
    private const string Route = """{ "id": "orders", "match": { "path": "/orders/{**rest}" }, "service": "orders", "identity": "required", "stage": "service" },""";

    private readonly string keys = Directory.CreateTempSubdirectory("keys-").FullName;
    private readonly RawServer service = RawServer.Saying("HTTP/1.1 200 OK\r\nDate: Mon, 01 Jan 2024 00:00:00 GMT\r\nSet-Cookie: s=1\r\nContent-Length: 6\r\n\r\norders");
    private Backend legacy = null!;
    private RunningFacade facade = null!;
    private int asked;

    public async ValueTask InitializeAsync()
    {
        legacy = await Backend.StartAsync(LegacyAsync);
        facade = await RunningFacade.StartAsync(
            Tables.File(Route),
            "--Facade:Addresses:legacy", legacy.Address.ToString(), "--Facade:Addresses:orders", service.Address.ToString(),
            "--Facade:RemoteAuthenticationKey", Key, "--Facade:IdentityTimeout", "00:00:02", "--Identity:PrivateKey", IdentityKeys.CreateFiles(keys).PrivateKey);
    }

    public async ValueTask DisposeAsync()
    {
        await facade.DisposeAsync();
        await legacy.DisposeAsync();
        await service.DisposeAsync();
        Directory.Delete(keys, recursive: true);
    }

    [Fact]
    [Transparency(24, 75)]
    public async Task A_user_whom_legacy_knows_is_named_to_the_service_and_to_no_other()
    {
        var answer = await RawWire.ExchangeAsync(facade.Public, "GET /orders/7?x=%2F HTTP/1.1\r\nHost: shop\r\nCookie: session=ana\r\nX-Strangler-Identity: forged\r\n\r\n");

        Assert.Equal("orders", RawWire.Body(answer));
        Assert.Equal(["Set-Cookie: session=ana; renewed", "Set-Cookie: s=1"], RawWire.Headers(answer).Where(header => header.StartsWith("Set-Cookie", StringComparison.Ordinal)));
        var request = Assert.Single(service.Requests);
        Assert.Equal("GET /orders/7?x=%2F HTTP/1.1", request.Split("\r\n")[0]);
        var token = Assert.Single(RawWire.Headers(request), header => header.StartsWith("X-Strangler-Identity", StringComparison.Ordinal)).Split(": ")[1];
        using var orders = Verifier("orders");
        using var people = Verifier("people");
        var user = orders.Verify(token).User!;
        Assert.Equal(("ana", true), (user.Identity!.Name, user.IsInRole("nurse")));
        Assert.Equal(IdentityRefusal.WrongAudience, people.Verify(token).Refusal);
        Assert.Equal(1, asked);
    }

    [Theory]
    [Transparency(76)]
    [InlineData("GET")]
    [InlineData("HEAD")]
    public async Task A_user_whom_legacy_does_not_know_gets_legacys_own_challenge(string method)
    {
        var through = await RawWire.ExchangeAsync(facade.Public, $"{method} /orders/7?x=%2F HTTP/1.1\r\nHost: shop\r\n\r\n");
        var direct = await RawWire.ExchangeAsync(legacy.Address, $"{method} /orders/7?x=%2F HTTP/1.1\r\nHost: shop\r\n\r\n");

        Assert.Equal(Comparable(direct), Comparable(through));
        Assert.Equal(RawWire.Body(direct), RawWire.Body(through));
        Assert.Empty(service.Requests);
    }

    [Theory]
    [InlineData("slow")]
    [InlineData("error")]
    [InlineData("nonsense")]
    [InlineData("nameless")]
    public async Task Nobody_passes_when_legacy_cannot_say_who_it_is(string session)
    {
        var answer = await RawWire.ExchangeAsync(facade.Public, $"GET /orders HTTP/1.1\r\nHost: shop\r\nCookie: session={session}\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 503 ", answer);
        Assert.Equal("5", RawWire.Header(answer, "Retry-After"));
        Assert.Empty(service.Requests);
    }

    [Fact]
    public async Task A_legacy_that_keeps_failing_is_left_alone_for_a_moment_and_then_asked_again()
    {
        async Task<string> AskAsync(string session) =>
            (await RawWire.ExchangeAsync(facade.Public, $"GET /orders HTTP/1.1\r\nHost: shop\r\nCookie: session={session}\r\n\r\n")).Split("\r\n")[0];

        for (var i = 0; i < 10; i++) Assert.Equal("HTTP/1.1 503 Service Unavailable", await AskAsync("error"));
        var asked = this.asked;

        Assert.Equal("HTTP/1.1 503 Service Unavailable", await AskAsync("ana"));
        Assert.Equal((10, 10), (asked, this.asked));
        await Strangler.Tests.Servers.Wait.UntilAsync(async () => await AskAsync("ana") == "HTTP/1.1 200 OK", "legacy is asked again", TimeSpan.FromSeconds(15));
    }

    [Fact]
    public async Task A_route_in_stage_legacy_asks_nobody()
    {
        facade.Replace(Tables.File(Route.Replace("\"service\" },", "\"legacy\" },")));
        await facade.UntilAsync(status => status.GetProperty("revision").GetInt64() == 2, TimeSpan.FromSeconds(1));

        var answer = await RawWire.ExchangeAsync(facade.Public, "GET /orders/7 HTTP/1.1\r\nHost: shop\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 302 ", answer);
        Assert.Equal(0, asked);
    }

    private IdentityVerifier Verifier(string service) =>
        new(IdentityKeys.ReadPublic(Path.Combine(keys, IdentityKeys.PublicFileName)), service, TimeProvider.System, TimeSpan.Zero);

    private static IEnumerable<string> Comparable(string answer) =>
        RawWire.Headers(answer).Where(header => !header.StartsWith("Date:", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Prepend(answer.Split("\r\n")[0]);

    private async Task LegacyAsync(HttpContext context)
    {
        var exchange = context.Request.Path == "/systemweb-adapters/authenticate";
        if (exchange)
        {
            asked++;
            if (context.Request.Headers["X-SystemWebAdapter-RemoteAppAuthentication-Key"] != Key || context.Request.Headers["x-migration-authenticate"] != "true")
            {
                context.Response.StatusCode = 400;
                return;
            }
        }

        switch (exchange ? context.Request.Cookies["session"] : null)
        {
            case "ana":
                context.Response.Headers.SetCookie = "session=ana; renewed";
                await PrincipalAsync(context, new Claim(ClaimTypes.Name, "ana"), new Claim(ClaimTypes.Role, "nurse"));
                break;
            case "nameless":
                await PrincipalAsync(context);
                break;
            case "nonsense":
                context.Response.ContentType = "application/octet-stream";
                await context.Response.WriteAsync("nonsense");
                break;
            case "error":
                context.Response.StatusCode = 500;
                break;
            case "slow":
                await Backend.HangAsync(context);
                break;
            default:
                var wanted = exchange ? context.Request.Query["original-url"].ToString() : "/orders/7?x=%2F";
                context.Response.StatusCode = 302;
                context.Response.Headers.Location = $"/login/?next={Uri.EscapeDataString(wanted)}";
                context.Response.Headers.SetCookie = "session=; expires=Thu, 01-Jan-1970 00:00:00 GMT";
                context.Response.ContentType = "text/html; charset=utf-8";
                context.Response.ContentLength = 5;
                if (context.Request.Method != "HEAD") await context.Response.WriteAsync("login");
                break;
        }
    }

    private static async Task PrincipalAsync(HttpContext context, params Claim[] claims)
    {
        using var bytes = new MemoryStream();
        new ClaimsPrincipal(new ClaimsIdentity(claims, "Forms")).WriteTo(new BinaryWriter(bytes));
        context.Response.ContentType = "application/octet-stream";
        await context.Response.Body.WriteAsync(bytes.ToArray());
    }
}
