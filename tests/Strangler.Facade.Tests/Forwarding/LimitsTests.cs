using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Strangler.Facade.Tests;

/// <summary>What is too long, too much or too slow: legacy's own refusal where it has one, a page or a cut of the facade's beyond.</summary>
public abstract class LimitsTests(Place place) : StagedTests(place)
{
    [Theory]
    [Transparency(9, 27)]
    [InlineData("long target", 414)]
    [InlineData("large header", 431)]
    [InlineData("many headers", 431)]
    public async Task A_head_that_the_owner_refuses_gets_the_owners_refusal(string what, int status)
    {
        // Kestrel's own limits stand for legacy's: 8 KB of target, 32 KB and 100 headers.
        await using var owner = await Backend.SayingAsync("taken");
        await using var facade = await InFrontOfAsync(owner.Address);
        var request = Head(what, what == "many headers" ? 200 : 40_000);

        var direct = await RawWire.ExchangeAsync(owner.Address, request);
        var through = await RawWire.ExchangeAsync(facade.Public, request);

        Assert.StartsWith($"HTTP/1.1 {status} ", direct);
        Assert.Equal(direct.Split("\r\n")[0], through.Split("\r\n")[0]);
    }

    [Theory]
    [Transparency(9, 27)]
    [InlineData("long target", 65_000)]
    [InlineData("large header", 250_000)]
    [InlineData("many headers", 990)]
    public async Task A_head_that_the_owner_takes_passes(string what, int size)
    {
        await using var owner = RawServer.Saying(RawServer.Ok());
        await using var facade = await InFrontOfAsync(owner.Address);
        var request = Head(what, size);

        await RawWire.ExchangeAsync(facade.Public, request);

        Assert.Equal(request, Assert.Single(owner.Requests));
    }

    [Fact]
    [Transparency(81)]
    public async Task Cookies_of_both_owners_reach_both_as_sent_and_may_be_large_together()
    {
        await using var owner = new RawServer(_ => $"HTTP/1.1 200 OK\r\nSet-Cookie: s={new string('o', 60_000)}\r\nContent-Length: 0\r\n\r\n");
        await using var people = new RawServer(_ => $"HTTP/1.1 200 OK\r\nSet-Cookie: p={new string('p', 60_000)}\r\nContent-Length: 0\r\n\r\n");
        await using var facade = await InFrontOfAsync(owner.Address, "--Facade:Addresses:people", people.Address.ToString());
        var cookies = new List<string>();

        foreach (var path in (string[])["/a", "/people", "/a", "/people"])
        {
            var answer = await RawWire.ExchangeAsync(facade.Public, $"GET {path} HTTP/1.1\r\nHost: h\r\n{(cookies.Count == 0 ? "" : $"Cookie: {string.Join("; ", cookies)}\r\n")}\r\n");
            if (RawWire.Header(answer, "Set-Cookie") is { } cookie && !cookies.Contains(cookie)) cookies.Add(cookie);
        }

        Assert.Equal(2, cookies.Count);
        Assert.Equal(string.Join("; ", cookies), RawWire.Header(owner.Requests.Last(), "Cookie"));
        Assert.Equal(string.Join("; ", cookies), RawWire.Header(people.Requests.Last(), "Cookie"));
    }

    [Theory]
    [Transparency(9, 27)]
    [InlineData("long target", 70_000, 414, "The address is too long.")]
    [InlineData("many headers", 1_100, 431, "The request has too many headers. Deleting this site's cookies may help.")]
    public async Task Beyond_what_the_facade_takes_it_says_so_in_a_page(string what, int size, int status, string text)
    {
        await using var owner = RawServer.Saying(RawServer.Ok());
        await using var facade = await InFrontOfAsync(owner.Address);

        var answer = await RawWire.ExchangeAsync(facade.Public, Head(what, size));

        Assert.StartsWith($"HTTP/1.1 {status} ", answer);
        Assert.Equal(text + "\n", RawWire.Body(answer));
        Assert.Empty(owner.Requests);
    }

    [Theory]
    [Transparency(9, 27, 67)]
    [InlineData("long target", 140_000, 414)]
    [InlineData("large header", 300_000, 431)]
    [InlineData("many headers", 2_100, 431)]
    public async Task Far_beyond_it_Kestrel_refuses_with_a_bare_status(string what, int size, int status)
    {
        await using var owner = RawServer.Saying(RawServer.Ok());
        await using var facade = await InFrontOfAsync(owner.Address);

        var answer = Assert.Single(await RawWire.UntilClosedAsync(facade.Public, Head(what, size)));

        Assert.StartsWith($"HTTP/1.1 {status} ", answer);
        Assert.Empty(RawWire.Body(answer));
        Assert.Empty(owner.Requests);
    }

    [Fact]
    [Transparency(51, 97)]
    public async Task A_body_that_the_owner_finds_too_large_gets_the_owners_own_page()
    {
        await using var owner = await Backend.StartAsync(context =>
        {
            context.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
            return context.Response.WriteAsync("legacy: too large");
        });
        await using var facade = await InFrontOfAsync(owner.Address);
        var request = $"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2000\r\n\r\n{new string('x', 2000)}";

        var direct = await RawWire.ExchangeAsync(owner.Address, request);
        var through = await RawWire.ExchangeAsync(facade.Public, request);

        Assert.StartsWith("HTTP/1.1 413 ", through);
        Assert.Equal((direct.Split("\r\n")[0], RawWire.Body(direct)), (through.Split("\r\n")[0], RawWire.Body(through)));
    }

    [Fact]
    [Transparency(67)]
    public async Task A_head_that_does_not_end_is_cut()
    {
        await using var owner = RawServer.Saying(RawServer.Ok());
        await using var facade = await InFrontOfAsync(owner.Address, "--Facade:HeadTimeout", "00:00:01");

        var answer = Assert.Single(await RawWire.UntilClosedAsync(facade.Public, "GET / HTTP/1.1\r\nHost: h\r\nX-A: 1"));

        Assert.StartsWith("HTTP/1.1 408 ", answer);
        Assert.Empty(owner.Requests);
    }

    [Fact]
    [Transparency(49, 67)]
    public async Task A_body_that_stops_coming_is_cut_and_others_are_served_meanwhile()
    {
        await using var owner = await Backend.StartAsync(async context => await context.Response.WriteAsync($"{(await new StreamReader(context.Request.Body).ReadToEndAsync()).Length}"));
        await using var facade = await InFrontOfAsync(owner.Address, "--Facade:IdleTimeout", "00:00:01");

        var stuck = RawWire.UntilClosedAsync(facade.Public, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nhalf");
        var other = await facade.Client.GetStringAsync("/");
        var answers = await stuck;

        Assert.Equal("0", other);
        Assert.DoesNotContain(answers, answer => answer.StartsWith("HTTP/1.1 2", StringComparison.Ordinal));
    }

    [Fact]
    [Transparency(58, 67)]
    public async Task A_client_that_stops_reading_is_cut_and_so_is_its_owner()
    {
        var left = new TaskCompletionSource();
        await using var owner = await Backend.StartAsync(async context =>
        {
            context.RequestAborted.Register(left.SetResult);
            var piece = new byte[64 * 1024];
            while (!context.RequestAborted.IsCancellationRequested) await context.Response.Body.WriteAsync(piece, context.RequestAborted);
        });
        await using var facade = await InFrontOfAsync(owner.Address, "--Facade:IdleTimeout", "00:00:01");
        using var client = new TcpClient();
        await client.ConnectAsync(facade.Public.Host, facade.Public.Port);

        await client.GetStream().WriteAsync("GET / HTTP/1.1\r\nHost: h\r\n\r\n"u8.ToArray());

        await left.Task.WaitAsync(Limit);
    }

    [Fact]
    [Transparency(54)]
    public async Task A_route_may_stand_still_for_longer_than_the_others()
    {
        var asked = 0;
        var answer = new TaskCompletionSource();
        await using var owner = await Backend.StartAsync(async context =>
        {
            Interlocked.Increment(ref asked);
            await answer.Task;
            await context.Response.WriteAsync("at last");
        });
        await using var patient = await WithAsync(owner.Address, "\"idleTimeout\": \"01:00:00\",", "", "--Facade:IdleTimeout", "00:00:01");
        await using var hasty = await InFrontOfAsync(owner.Address, "--Facade:IdleTimeout", "00:00:01");

        var longPoll = patient.Client.GetStringAsync("/");
        await Strangler.Tests.Servers.Wait.UntilAsync(() => asked == 1, "the long poll has arrived");
        using var cut = await hasty.Client.GetAsync("/");
        answer.SetResult();

        Assert.Equal(HttpStatusCode.GatewayTimeout, cut.StatusCode);
        Assert.Equal("at last", await longPoll.WaitAsync(Limit));
    }

    [Fact]
    [Transparency(55)]
    public async Task A_web_socket_may_be_silent_for_longer_than_an_exchange_may_stand_still()
    {
        var speak = new TaskCompletionSource();
        await using var owner = await Backend.StartAsync(async context =>
        {
            if (!context.WebSockets.IsWebSocketRequest)
            {
                await Backend.HangAsync(context);
                return;
            }

            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            await speak.Task;
            await socket.SendAsync("still here"u8.ToArray(), WebSocketMessageType.Text, true, default);
            await socket.ReceiveAsync(new byte[10], default);
        });
        await using var facade = await InFrontOfAsync(owner.Address, "--Facade:IdleTimeout", "00:00:01");
        using var limit = new CancellationTokenSource(Limit);
        using var client = new ClientWebSocket();
        await client.ConnectAsync(new UriBuilder(facade.Public) { Scheme = "ws" }.Uri, limit.Token);

        // An exchange that begins later is cut for standing still before the socket says its first word.
        using var cut = await facade.Client.GetAsync("/", limit.Token);
        speak.SetResult();
        var buffer = new byte[100];
        var got = await client.ReceiveAsync(buffer, limit.Token);

        Assert.Equal(HttpStatusCode.GatewayTimeout, cut.StatusCode);
        Assert.Equal("still here", Encoding.UTF8.GetString(buffer, 0, got.Count));
    }

    [Fact]
    [Transparency(55)]
    public async Task An_owner_that_does_not_answer_a_web_socket_is_a_timeout()
    {
        await using var owner = await Backend.HangingAsync();
        await using var facade = await InFrontOfAsync(owner.Address, "--Facade:IdleTimeout", "00:00:01");

        var answer = await RawWire.ExchangeAsync(
            facade.Public, "GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 504 ", answer);
    }

    private static string Head(string what, int size) => what switch
    {
        "long target" => $"GET /{new string('a', size)} HTTP/1.1\r\nHost: h\r\n\r\n",
        "large header" => $"GET / HTTP/1.1\r\nHost: h\r\nX-Large: {new string('a', size)}\r\n\r\n",
        _ => $"GET / HTTP/1.1\r\nHost: h\r\n{string.Concat(Enumerable.Range(0, size).Select(i => $"X-{i}: 1\r\n"))}\r\n",
    };
}

public sealed class LimitsTestsInLegacy() : LimitsTests(Place.InLegacy);

public sealed class LimitsTestsInShadow() : LimitsTests(Place.InShadow);

public sealed class LimitsTestsInCanaryAtLegacy() : LimitsTests(Place.InCanaryAtLegacy);

public sealed class LimitsTestsInCanaryAtService() : LimitsTests(Place.InCanaryAtService);

public sealed class LimitsTestsInService() : LimitsTests(Place.InService);
