using System.Net;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Strangler.Facade.Tests;

/// <summary>Browsers speak HTTP/2 to a facade with TLS; owners get HTTP/1.1.</summary>
public abstract class Http2Tests(Place place) : StagedTests(place)
{
    private static readonly (string, string)[] Get = [(":method", "GET"), (":scheme", "https"), (":path", "/x"), (":authority", "h")];
    private static readonly (string, string)[] Post = [(":method", "POST"), (":scheme", "https"), (":path", "/x"), (":authority", "h")];

    [Fact]
    [Transparency(14, 18, 61)]
    public async Task Cookie_crumbs_arrive_as_one_header_with_the_host_that_the_client_named()
    {
        await using var owner = RawServer.Saying(RawServer.Ok());
        await using var facade = await InFrontOfAsync(owner.Address, TestCertificate.Settings);
        using var limit = new CancellationTokenSource(Limit);
        await using var client = await RawHttp2.ConnectAsync(facade.Public, limit.Token);

        var stream = await client.RequestAsync([.. Get, ("cookie", "a=1"), ("cookie", "b=2"), ("cookie", "c=3"), ("x-a", "1"), ("x-a", "2")], end: true, limit.Token);
        var status = await client.StatusAsync(stream, limit.Token);

        Assert.Equal("200", status);
        Assert.Equal("GET /x HTTP/1.1|Cookie: a=1; b=2; c=3|Host: h|x-a: 1, 2", Sorted(Assert.Single(owner.Requests)));
    }

    [Theory]
    [Transparency(66)]
    [InlineData("x-a", "1\r\nX-B: 2")]
    [InlineData("x-a", "1\nX-B: 2")]
    [InlineData("x-a", "1\r2")]
    [InlineData("x-a", "1\u00002")]
    [InlineData("x-a\r\nx-b", "1")]
    [InlineData("x-a: 1\r\nx-b", "2")]
    [InlineData("x a", "1")]
    [InlineData("X-A", "1")]
    [InlineData("", "1")]
    [InlineData("transfer-encoding", "chunked")]
    [InlineData("connection", "x-a")]
    [InlineData("upgrade", "h2c")]
    [InlineData("te", "gzip")]
    [InlineData("content-length", "5")]
    [InlineData("content-length", "1, 2")]
    [InlineData("keep-alive", "timeout=5")]
    [InlineData("proxy-connection", "keep-alive")]
    [InlineData("x-a\u0000", "1")]
    [InlineData("x-caf\u00e9", "1")]
    [InlineData(":path", "/y")]
    [InlineData(":method", "POST")]
    [InlineData(":authority", "other")]
    [InlineData(":scheme", "http")]
    [InlineData(":unknown", "1")]
    [InlineData(":status", "200")]
    public async Task What_HTTP_1_could_read_otherwise_reaches_nobody(string name, string value)
    {
        await using var owner = RawServer.Saying(RawServer.Ok());
        await using var facade = await InFrontOfAsync(owner.Address, TestCertificate.Settings);
        using var limit = new CancellationTokenSource(Limit);
        await using var client = await RawHttp2.ConnectAsync(facade.Public, limit.Token);

        var stream = await client.RequestAsync([.. Get, (name, value)], end: true, limit.Token);
        var status = await client.StatusAsync(stream, limit.Token);

        Assert.Empty(owner.Requests);
        Assert.True(status is "refused" or "400", status);
    }

    [Theory]
    [Transparency(66)]
    [InlineData(":path", "/x HTTP/1.1\r\nX-B: 2")]
    [InlineData(":path", "/x y")]
    [InlineData(":path", "x")]
    [InlineData(":path", "")]
    [InlineData(":method", "GET / HTTP/1.1\r\nX-B: 2\r\n\r\nGET")]
    [InlineData(":method", "GE T")]
    [InlineData(":authority", "h\r\nX-B: 2")]
    [InlineData(":authority", "h@other")]
    [InlineData(":authority", "h/other")]
    [InlineData(":scheme", "https\r\nX-B: 2")]
    public async Task Neither_does_a_pseudo_header_that_would_break_the_request_line(string name, string value)
    {
        await using var owner = RawServer.Saying(RawServer.Ok());
        await using var facade = await InFrontOfAsync(owner.Address, TestCertificate.Settings);
        using var limit = new CancellationTokenSource(Limit);
        await using var client = await RawHttp2.ConnectAsync(facade.Public, limit.Token);

        var stream = await client.RequestAsync(Get.Select(header => header.Item1 == name ? (name, value) : header), end: true, limit.Token);
        var status = await client.StatusAsync(stream, limit.Token);

        Assert.True(status is "refused" or "400", status);
        Assert.Empty(owner.Requests);
    }

    [Fact]
    [Transparency(14, 66)]
    public async Task Between_two_hosts_the_one_that_ownership_is_decided_by_arrives_alone()
    {
        await using var owner = RawServer.Saying(RawServer.Ok());
        await using var facade = await InFrontOfAsync(owner.Address, TestCertificate.Settings);
        using var limit = new CancellationTokenSource(Limit);
        await using var client = await RawHttp2.ConnectAsync(facade.Public, limit.Token);

        var stream = await client.RequestAsync([.. Get, ("host", "other")], end: true, limit.Token);
        await client.StatusAsync(stream, limit.Token);

        Assert.Equal("GET /x HTTP/1.1|Host: h", Sorted(Assert.Single(owner.Requests)));
    }

    [Theory]
    [Transparency(49, 66)]
    [InlineData("10", "hi")]
    [InlineData("1", "hi")]
    [InlineData("0", "hi")]
    public async Task A_body_of_another_length_than_promised_is_never_a_complete_request(string promised, string body)
    {
        await using var owner = RawServer.Saying(RawServer.Ok());
        await using var facade = await InFrontOfAsync(owner.Address, TestCertificate.Settings);
        using var limit = new CancellationTokenSource(Limit);
        await using var client = await RawHttp2.ConnectAsync(facade.Public, limit.Token);

        var stream = await client.RequestAsync([.. Post, ("content-length", promised)], end: false, limit.Token);
        await client.SendBodyAsync(stream, body, end: true, limit.Token);
        var status = await client.StatusAsync(stream, limit.Token);

        Assert.True(status is "refused" or "400", status);
        Assert.All(owner.Requests, request => Assert.True(RawWire.Body(request).Length < int.Parse(promised, System.Globalization.CultureInfo.InvariantCulture), request));
    }

    [Fact]
    [Transparency(38, 46)]
    public async Task A_body_without_a_length_arrives_in_chunks_and_one_with_a_length_keeps_it()
    {
        await using var owner = RawServer.Saying(RawServer.Ok());
        await using var facade = await InFrontOfAsync(owner.Address, TestCertificate.Settings);
        using var limit = new CancellationTokenSource(Limit);
        await using var client = await RawHttp2.ConnectAsync(facade.Public, limit.Token);

        foreach (var length in new[] { ("content-length", "2"), ("x-a", "1") })
        {
            var stream = await client.RequestAsync([.. Post, length], end: false, limit.Token);
            await client.SendBodyAsync(stream, "hi", end: true, limit.Token);
            Assert.Equal("200", await client.StatusAsync(stream, limit.Token));
        }

        Assert.Equal(
            ["POST /x HTTP/1.1|Content-Length: 2|Host: h", "POST /x HTTP/1.1|Host: h|Transfer-Encoding: chunked|x-a: 1"],
            owner.Requests.Select(Sorted));
    }

    [Fact]
    [Transparency(27)]
    public async Task A_header_may_be_as_long_as_over_HTTP_1()
    {
        await using var owner = RawServer.Saying(RawServer.Ok());
        await using var facade = await InFrontOfAsync(owner.Address, TestCertificate.Settings);
        using var request = Over2(new HttpRequestMessage(HttpMethod.Get, "/"));
        request.Headers.Add("X-Long", new string('a', 100_000));

        using var answer = await facade.Client.SendAsync(request);

        Assert.Equal((HttpStatusCode.OK, HttpVersion.Version20), (answer.StatusCode, answer.Version));
        Assert.Equal(100_000, RawWire.Header(Assert.Single(owner.Requests), "X-Long")!.Length);
    }

    [Fact]
    [Transparency(61)]
    public async Task A_hundred_streams_of_one_connection_do_not_wait_for_each_other()
    {
        var arrived = 0;
        var all = new TaskCompletionSource();
        await using var owner = await Backend.StartAsync(async context =>
        {
            // Nobody is answered before everybody is here.
            if (Interlocked.Increment(ref arrived) == 100) all.SetResult();
            await all.Task;
            await context.Response.WriteAsync(context.Request.Path.Value!);
        });
        await using var facade = await InFrontOfAsync(owner.Address, TestCertificate.Settings);

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(async i =>
        {
            using var answer = await facade.Client.SendAsync(Over2(new HttpRequestMessage(HttpMethod.Get, $"/{i}")));
            return await answer.Content.ReadAsStringAsync();
        })).WaitAsync(Limit);

        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"/{i}"), answers);
    }

    [Fact]
    [Transparency(47)]
    public async Task Trailers_of_the_owner_arrive_over_HTTP_2()
    {
        await using var owner = RawServer.Saying("HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-Sum: 7\r\n\r\n");
        await using var facade = await InFrontOfAsync(owner.Address, TestCertificate.Settings);

        using var answer = await facade.Client.SendAsync(Over2(new HttpRequestMessage(HttpMethod.Get, "/")));

        Assert.Equal("hi", await answer.Content.ReadAsStringAsync());
        Assert.Equal("7", Assert.Single(answer.TrailingHeaders.GetValues("X-Sum")));
    }

    [Fact]
    [Transparency(58)]
    public async Task An_owner_that_breaks_off_resets_the_stream_and_not_the_connection()
    {
        await using var owner = new RawServer(request => request.Contains("/half", StringComparison.Ordinal)
            ? "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\r\nhe"
            : RawServer.Ok("whole"));
        await using var facade = await InFrontOfAsync(owner.Address, TestCertificate.Settings);

        await Assert.ThrowsAnyAsync<HttpRequestException>(async () =>
        {
            using var half = await facade.Client.SendAsync(Over2(new HttpRequestMessage(HttpMethod.Get, "/half")));
            await half.Content.ReadAsStringAsync();
        });
        using var whole = await facade.Client.SendAsync(Over2(new HttpRequestMessage(HttpMethod.Get, "/")));

        Assert.Equal("whole", await whole.Content.ReadAsStringAsync());
    }

    [Fact]
    [Transparency(55, 56)]
    public async Task A_web_socket_over_HTTP_2_reaches_an_owner_that_speaks_HTTP_1()
    {
        await using var owner = await Backend.StartAsync(async context =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync("chat");
            var buffer = new byte[1024];
            var got = await socket.ReceiveAsync(buffer, default);
            await socket.SendAsync(buffer.AsMemory(0, got.Count), WebSocketMessageType.Text, true, default);
            await socket.CloseAsync((WebSocketCloseStatus)4001, $"{context.Request.Method} {context.Request.Protocol}", default);
        });
        await using var facade = await InFrontOfAsync(owner.Address, TestCertificate.Settings);
        using var limit = new CancellationTokenSource(Limit);
        using var client = new ClientWebSocket { Options = { HttpVersion = HttpVersion.Version20, HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact } };
        client.Options.AddSubProtocol("chat");
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = TestCertificate.IsIt } });

        await client.ConnectAsync(new UriBuilder(facade.Public) { Scheme = "wss", Path = "/ws" }.Uri, invoker, limit.Token);
        await client.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, true, limit.Token);
        var buffer = new byte[1024];
        var echo = await client.ReceiveAsync(buffer, limit.Token);
        await client.ReceiveAsync(new byte[10], limit.Token);

        Assert.Equal(("chat", "hello"), (client.SubProtocol, Encoding.UTF8.GetString(buffer, 0, echo.Count)));
        Assert.Equal("GET HTTP/1.1", client.CloseStatusDescription);
    }

    [Fact]
    [Transparency(56)]
    public async Task A_web_socket_over_HTTP_2_belongs_to_whoever_owns_GET()
    {
        await using var owner = await Backend.StartAsync(async context =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", default);
        });
        // everything-else is owned by a legacy that is not there.
        await using var facade = await RunningFacade.StartAsync(
            Tables.File("""{ "id": "ws", "match": { "path": "/ws", "methods": ["GET"] }, "service": "orders", "stage": "service" },"""),
            ["--Facade:Addresses:legacy", "http://127.0.0.1:1", "--Facade:Addresses:orders", owner.Address.ToString(), .. TestCertificate.Settings]);
        using var limit = new CancellationTokenSource(Limit);
        using var client = new ClientWebSocket { Options = { HttpVersion = HttpVersion.Version20, HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact } };
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = TestCertificate.IsIt } });

        await client.ConnectAsync(new UriBuilder(facade.Public) { Scheme = "wss", Path = "/ws" }.Uri, invoker, limit.Token);

        Assert.Equal(WebSocketMessageType.Close, (await client.ReceiveAsync(new byte[10], limit.Token)).MessageType);
    }

    private static HttpRequestMessage Over2(HttpRequestMessage request)
    {
        (request.Version, request.VersionPolicy) = (HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact);
        return request;
    }

    private static string Sorted(string request) => string.Join('|', [request.Split("\r\n")[0], .. RawWire.Headers(request).Order(StringComparer.Ordinal)]);
}

public sealed class Http2TestsInLegacy() : Http2Tests(Place.InLegacy);

public sealed class Http2TestsInShadow() : Http2Tests(Place.InShadow);

public sealed class Http2TestsInCanaryAtLegacy() : Http2Tests(Place.InCanaryAtLegacy);

public sealed class Http2TestsInCanaryAtService() : Http2Tests(Place.InCanaryAtService);

public sealed class Http2TestsInService() : Http2Tests(Place.InService);
