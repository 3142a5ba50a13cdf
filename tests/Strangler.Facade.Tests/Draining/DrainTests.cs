using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Strangler.Tests.Servers;

namespace Strangler.Facade.Tests;

/// <summary>What is open at a flip stays with its owner until it ends, or until the deadline; what is new goes to the new owner at once.</summary>
public sealed class DrainTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly byte[] ToLegacy = Tables.File("""{ "id": "live", "match": { "path": "/live/{**rest}" }, "service": "orders", "stage": "legacy" },""");
    private static readonly byte[] ToService = StageEdit.SetStage(ToLegacy, "live", Stage.Service).File!;
    private readonly TaskCompletionSource<WebSocketCloseStatus?> ownerSawClose = new();
    private Backend legacy = null!;
    private Backend orders = null!;

    public async ValueTask InitializeAsync()
    {
        legacy = await Backend.StartAsync(context => AnswerAsync(context, "legacy", ownerSawClose));
        orders = await Backend.StartAsync(context => AnswerAsync(context, "orders", new()));
    }

    public async ValueTask DisposeAsync()
    {
        await orders.DisposeAsync();
        await legacy.DisposeAsync();
    }

    [Fact]
    [Transparency(63, 90)]
    public async Task A_connection_survives_a_flip_and_its_next_request_goes_to_the_new_owner()
    {
        await using var facade = await StartAsync("00:01:00");
        using var client = new TcpClient();
        await client.ConnectAsync(facade.Public.Host, facade.Public.Port);
        var wire = new RawWire(client.GetStream());

        var before = await AskAsync();
        await FlipAsync(facade);
        var after = await AskAsync();

        Assert.Equal(("legacy", "orders"), (before, after));

        async Task<string> AskAsync()
        {
            using var limit = new CancellationTokenSource(Limit);
            await client.GetStream().WriteAsync("GET /live/text HTTP/1.1\r\nHost: h\r\n\r\n"u8.ToArray(), limit.Token);
            return RawWire.Body((await wire.ReadMessageAsync(isRequest: false, limit.Token))!).Split("\r\n") is [_, var chunk, ..] ? chunk : "";
        }
    }

    [Fact]
    [Transparency(64)]
    public async Task A_web_socket_goes_on_with_its_owner_after_a_flip()
    {
        await using var facade = await StartAsync("00:01:00");
        using var limit = new CancellationTokenSource(Limit);
        using var old = await SocketAsync(facade, limit.Token);

        await FlipAsync(facade);
        using var young = await SocketAsync(facade, limit.Token);

        Assert.Equal("legacy hello", await EchoAsync(old, "hello", limit.Token));
        Assert.Equal("orders hello", await EchoAsync(young, "hello", limit.Token));
        var status = await facade.StatusAsync();
        var open = status.GetProperty("open");
        Assert.Equal((2, 1), (open.GetProperty("count").GetInt32(), open.GetProperty("draining").GetInt32()));
        var stay = open.GetProperty("drained_by").GetDateTimeOffset() - status.GetProperty("live_since").GetDateTimeOffset();
        Assert.InRange(stay, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1) + Limit);
        await old.CloseAsync(WebSocketCloseStatus.NormalClosure, "", limit.Token);
        await young.CloseAsync(WebSocketCloseStatus.NormalClosure, "", limit.Token);
        await Wait.UntilAsync(() => Open(facade) == 0, "both sockets are forgotten");
    }

    [Theory]
    [Transparency(64)]
    [InlineData("")]
    [InlineData("https")]
    public async Task At_the_deadline_both_sides_of_a_web_socket_are_told_that_it_goes_away(string scheme)
    {
        await using var facade = await StartAsync("00:00:00", scheme.Length > 0 ? TestCertificate.Settings : []);
        using var limit = new CancellationTokenSource(Limit);
        using var socket = await SocketAsync(facade, limit.Token);
        Assert.Equal("legacy hello", await EchoAsync(socket, "hello", limit.Token));

        await FlipAsync(facade);
        var end = await socket.ReceiveAsync(new byte[100], limit.Token);

        Assert.Equal((WebSocketMessageType.Close, WebSocketCloseStatus.EndpointUnavailable), (end.MessageType, socket.CloseStatus));
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, await ownerSawClose.Task.WaitAsync(Limit));
        await Wait.UntilAsync(() => Open(facade) == 0, "the socket is forgotten");
    }

    [Fact]
    [Transparency(64)]
    public async Task A_message_that_is_under_way_at_the_deadline_arrives_whole()
    {
        await using var facade = await StartAsync("00:00:00");
        using var client = new TcpClient();
        await client.ConnectAsync(facade.Public.Host, facade.Public.Port);
        var stream = client.GetStream();
        using var limit = new CancellationTokenSource(Limit);
        await stream.WriteAsync(Encoding.ASCII.GetBytes("GET /live/ws HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"), limit.Token);
        Assert.StartsWith("HTTP/1.1 101 ", await new RawWire(stream).ReadMessageAsync(isRequest: false, limit.Token));

        // A text of five, masked with zeros, of which two are sent before the flip, in one piece with a text of one: its echo shows that they passed.
        await stream.WriteAsync(new byte[] { 0x81, 0x81, 0, 0, 0, 0, (byte)'a', 0x81, 0x85, 0, 0, 0, 0, (byte)'h', (byte)'e' }, limit.Token);
        await stream.ReadExactlyAsync(new byte[2 + "legacy a".Length], limit.Token);
        await FlipAsync(facade);
        var told = new byte[4];
        await stream.ReadExactlyAsync(told, limit.Token);
        await stream.WriteAsync("llo"u8.ToArray(), limit.Token);

        Assert.Equal([0x88, 2, 0x03, 0xE9], told);
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, await ownerSawClose.Task.WaitAsync(Limit));
        Assert.Equal("hello", lastWord);
    }

    [Fact]
    [Transparency(64)]
    public async Task A_flip_back_before_the_deadline_lets_a_web_socket_stay()
    {
        var clock = new ManualClock();
        await using var facade = await StartAsync("00:01:00", clock: clock);
        using var limit = new CancellationTokenSource(Limit);
        using var socket = await SocketAsync(facade, limit.Token);

        await FlipAsync(facade);
        facade.Replace(ToLegacy);
        await facade.UntilAsync(status => status.GetProperty("revision").GetInt64() == 3, Limit);
        clock.Pass(TimeSpan.FromMinutes(2));

        Assert.Equal("legacy hello", await EchoAsync(socket, "hello", limit.Token));
    }

    [Fact]
    [Transparency(53, 64)]
    public async Task At_the_deadline_a_stream_of_events_ends_as_if_its_owner_had_ended_it()
    {
        await using var facade = await StartAsync("00:00:00");
        await using var stream = await facade.Client.GetStreamAsync("/live/events");
        using var reader = new StreamReader(stream);
        Assert.Equal("data: legacy", await reader.ReadLineAsync().WaitAsync(Limit));

        await FlipAsync(facade);

        // A connection that broke off would throw here.
        Assert.Equal("\n", await reader.ReadToEndAsync().WaitAsync(Limit));
        await Wait.UntilAsync(() => Open(facade) == 0, "the stream is forgotten");
    }

    private string? lastWord;

    private static int Open(RunningFacade facade) => facade.Services.GetRequiredService<OpenExchanges>().Count;

    private static async Task FlipAsync(RunningFacade facade)
    {
        facade.Replace(ToService);
        await facade.UntilAsync(status => status.GetProperty("revision").GetInt64() == 2, Limit);
    }

    private static async Task<ClientWebSocket> SocketAsync(RunningFacade facade, CancellationToken cancellation)
    {
        var socket = new ClientWebSocket();
        var secure = facade.Public.Scheme == "https";
        if (secure) (socket.Options.HttpVersion, socket.Options.HttpVersionPolicy) = (System.Net.HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact);
        var invoker = new HttpMessageInvoker(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = TestCertificate.IsIt } });
        await socket.ConnectAsync(new UriBuilder(facade.Public) { Scheme = secure ? "wss" : "ws", Path = "/live/ws" }.Uri, invoker, cancellation);
        return socket;
    }

    private static async Task<string> EchoAsync(WebSocket socket, string text, CancellationToken cancellation)
    {
        await socket.SendAsync(Encoding.ASCII.GetBytes(text), WebSocketMessageType.Text, true, cancellation);
        var buffer = new byte[1000];
        var got = await socket.ReceiveAsync(buffer, cancellation);
        return Encoding.ASCII.GetString(buffer, 0, got.Count);
    }

    private Task<RunningFacade> StartAsync(string drain, string[]? more = null, TimeProvider? clock = null) =>
        RunningFacade.StartAsync(
            ToLegacy,
            clock,
            ["--Facade:Addresses:legacy", legacy.Address.ToString(), "--Facade:Addresses:orders", orders.Address.ToString(), "--Facade:DrainTimeout", drain, .. more ?? []]);

    private async Task AnswerAsync(HttpContext context, string name, TaskCompletionSource<WebSocketCloseStatus?> closed)
    {
        if (context.Request.Path == "/live/events")
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync($"data: {name}\n\n");
            await context.Response.Body.FlushAsync();
            await Backend.HangAsync(context);
            return;
        }

        if (!context.WebSockets.IsWebSocketRequest)
        {
            await context.Response.WriteAsync(name);
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[1000];
        while (true)
        {
            var got = await socket.ReceiveAsync(buffer, default);
            if (got.MessageType == WebSocketMessageType.Close) break;
            lastWord = Encoding.ASCII.GetString(buffer, 0, got.Count);
            await socket.SendAsync(Encoding.ASCII.GetBytes($"{name} {lastWord}"), WebSocketMessageType.Text, true, default);
        }

        closed.TrySetResult(socket.CloseStatus);
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", default);
    }
}
