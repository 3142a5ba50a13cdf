using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Strangler.Facade.Tests;

/// <summary>Bodies flow as they come, in both directions, and nothing is sent twice.</summary>
public abstract class StreamingTests(Place place) : StagedTests(place)
{
    [Fact]
    [Transparency(38, 53)]
    public async Task The_first_event_arrives_before_the_second_is_sent()
    {
        var second = new TaskCompletionSource();
        await using var legacy = await Backend.StartAsync(async context =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync("data: 1\n\n");
            await context.Response.Body.FlushAsync();
            await second.Task;
            await context.Response.WriteAsync("data: 2\n\n");
        });
        await using var facade = await InFrontOfAsync(legacy.Address);

        await using var stream = await facade.Client.GetStreamAsync("/events");
        using var reader = new StreamReader(stream);

        Assert.Equal("data: 1", await reader.ReadLineAsync().WaitAsync(Limit));
        second.SetResult();
        Assert.Equal("\ndata: 2\n\n", await reader.ReadToEndAsync().WaitAsync(Limit));
    }

    [Fact]
    [Transparency(55)]
    public async Task A_web_socket_passes_with_its_protocol_and_its_end()
    {
        await using var legacy = await Backend.StartAsync(async context =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync("chat");
            var buffer = new byte[1024];
            var got = await socket.ReceiveAsync(buffer, default);
            await socket.SendAsync(buffer.AsMemory(0, got.Count), WebSocketMessageType.Text, true, default);
            await socket.CloseAsync((WebSocketCloseStatus)4001, "bye", default);
        });
        await using var facade = await InFrontOfAsync(legacy.Address);
        using var client = new ClientWebSocket();
        client.Options.AddSubProtocol("chat");
        using var limit = new CancellationTokenSource(Limit);

        await client.ConnectAsync(new UriBuilder(facade.Public) { Scheme = "ws" }.Uri, limit.Token);
        await client.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, true, limit.Token);
        var buffer = new byte[1024];
        var echo = await client.ReceiveAsync(buffer, limit.Token);
        var end = await client.ReceiveAsync(buffer.AsMemory(100).ToArray(), limit.Token);

        Assert.Equal("chat", client.SubProtocol);
        Assert.Equal("hello", Encoding.UTF8.GetString(buffer, 0, echo.Count));
        Assert.Equal((WebSocketMessageType.Close, (WebSocketCloseStatus)4001, "bye"), (end.MessageType, client.CloseStatus!.Value, client.CloseStatusDescription));
    }

    [Theory]
    [Transparency(53)]
    [InlineData("text/event-stream")]
    [InlineData("text/plain")]
    public async Task The_head_of_an_answer_without_a_length_does_not_wait_for_its_body(string type)
    {
        var body = new TaskCompletionSource();
        await using var owner = await Backend.StartAsync(async context =>
        {
            context.Response.ContentType = type;
            await context.Response.Body.FlushAsync();
            await body.Task;
            await context.Response.WriteAsync("at last");
        });
        await using var facade = await InFrontOfAsync(owner.Address);

        using var answer = await facade.Client.GetAsync("/", HttpCompletionOption.ResponseHeadersRead).WaitAsync(Limit);
        body.SetResult();

        Assert.Equal("at last", await answer.Content.ReadAsStringAsync().WaitAsync(Limit));
    }

    [Fact]
    [Transparency(22)]
    public async Task A_body_is_not_sent_when_the_owner_refuses_before_reading_it()
    {
        await using var legacy = await Backend.StartAsync(context =>
        {
            context.Response.StatusCode = 417;
            return Task.CompletedTask;
        });
        await using var facade = await InFrontOfAsync(legacy.Address);

        // Up to 1,024 bytes HttpClient would fetch the body all the same, rather than give up the connection.
        var answer = await RawWire.ExchangeAsync(facade.Public, "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 5000\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 417 ", answer);
    }

    [Fact]
    [Transparency(22)]
    public async Task A_client_that_waits_is_told_to_go_on_exactly_once()
    {
        await using var legacy = await Backend.StartAsync(async context => await context.Response.WriteAsync(await new StreamReader(context.Request.Body).ReadToEndAsync()));
        await using var facade = await InFrontOfAsync(legacy.Address);
        using var client = new TcpClient();
        await client.ConnectAsync(facade.Public.Host, facade.Public.Port);
        var wire = new RawWire(client.GetStream());
        using var limit = new CancellationTokenSource(Limit);

        await client.GetStream().WriteAsync("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n"u8.ToArray(), limit.Token);
        var interim = await wire.ReadMessageAsync(isRequest: false, limit.Token);
        await client.GetStream().WriteAsync("hello"u8.ToArray(), limit.Token);
        var answer = await wire.ReadMessageAsync(isRequest: false, limit.Token);

        Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", interim);
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer);
        Assert.Contains("hello", answer);
    }

    [Theory]
    [Transparency(45)]
    [InlineData("Content-Length: 8", "one ", "two ")]
    [InlineData("Transfer-Encoding: chunked", "4\r\none \r\n", "4\r\ntwo \r\n0\r\n\r\n")]
    public async Task What_a_slow_client_sends_reaches_the_owner_when_it_is_sent(string framing, string first, string second)
    {
        var arrived = new TaskCompletionSource<string>();
        await using var owner = await Backend.StartAsync(async context =>
        {
            var buffer = new byte[100];
            arrived.SetResult(Encoding.ASCII.GetString(buffer, 0, await context.Request.Body.ReadAsync(buffer)));
            await context.Response.WriteAsync(await new StreamReader(context.Request.Body).ReadToEndAsync());
        });
        await using var facade = await InFrontOfAsync(owner.Address);
        using var client = new TcpClient();
        await client.ConnectAsync(facade.Public.Host, facade.Public.Port);
        using var limit = new CancellationTokenSource(Limit);

        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"POST / HTTP/1.1\r\nHost: h\r\n{framing}\r\n\r\n{first}"), limit.Token);
        var before = await arrived.Task.WaitAsync(limit.Token);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(second), limit.Token);
        var answer = await new RawWire(client.GetStream()).ReadMessageAsync(isRequest: false, limit.Token);

        Assert.Equal("one ", before);
        Assert.Contains("two ", RawWire.Body(answer!));
    }

    [Fact]
    [Transparency(51)]
    public async Task A_body_larger_than_what_Kestrel_takes_by_default_passes()
    {
        await using var legacy = await Backend.StartAsync(async context =>
        {
            var count = 0L;
            var buffer = new byte[64 * 1024];
            for (int read; (read = await context.Request.Body.ReadAsync(buffer)) > 0;) count += read;
            await context.Response.WriteAsync($"{count} {context.Request.ContentLength}");
        });
        await using var facade = await InFrontOfAsync(legacy.Address);

        using var answer = await facade.Client.PostAsync("/upload", new ByteArrayContent(new byte[40_000_000]));

        Assert.Equal("40000000 40000000", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    [Transparency(49, 58)]
    public async Task An_owner_that_breaks_off_breaks_off_at_the_client_too()
    {
        await using var legacy = RawServer.Saying("HTTP/1.1 200 OK\r\nContent-Length: 100\r\nConnection: close\r\n\r\nhalf");
        await using var facade = await InFrontOfAsync(legacy.Address);

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => facade.Client.GetStringAsync("/"));
    }

    [Fact]
    [Transparency(57)]
    public async Task A_client_that_leaves_is_felt_by_the_owner()
    {
        var arrived = new TaskCompletionSource();
        var left = new TaskCompletionSource();
        await using var legacy = await Backend.StartAsync(async context =>
        {
            context.RequestAborted.Register(left.SetResult);
            arrived.SetResult();
            await left.Task;
        });
        await using var facade = await InFrontOfAsync(legacy.Address);
        using var leaving = new CancellationTokenSource();

        var call = facade.Client.GetAsync("/", leaving.Token);
        await arrived.Task.WaitAsync(Limit);
        await leaving.CancelAsync();

        await left.Task.WaitAsync(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    [Transparency(62)]
    public async Task A_post_whose_connection_dies_is_not_sent_again()
    {
        var answers = new Queue<string?>([RawServer.Ok(), null, RawServer.Ok(), RawServer.Ok()]);
        await using var legacy = new RawServer(_ => answers.Dequeue());
        await using var facade = await InFrontOfAsync(legacy.Address);

        await facade.Client.GetStringAsync("/warms-the-connection");
        using var refused = await facade.Client.PostAsync("/pay", new StringContent("100"));

        Assert.Equal(502, (int)refused.StatusCode);
        Assert.Single(legacy.Requests, request => request.StartsWith("POST", StringComparison.Ordinal));
    }

    [Fact]
    [Transparency(60)]
    public async Task Requests_on_one_connection_are_answered_in_order_whoever_owns_them()
    {
        await using var owner = new RawServer(request => RawServer.Ok(request.Split(' ')[1]));
        await using var people = RawServer.Saying(RawServer.Ok("people"));
        await using var facade = await InFrontOfAsync(owner.Address, "--Facade:Addresses:people", people.Address.ToString());
        using var client = new TcpClient();
        await client.ConnectAsync(facade.Public.Host, facade.Public.Port);
        using var limit = new CancellationTokenSource(Limit);

        await client.GetStream().WriteAsync("GET /people HTTP/1.1\r\nHost: h\r\n\r\nGET /a HTTP/1.1\r\nHost: h\r\n\r\nGET /people/ HTTP/1.1\r\nHost: h\r\n\r\nGET /b HTTP/1.1\r\nHost: h\r\n\r\n"u8.ToArray(), limit.Token);
        var wire = new RawWire(client.GetStream());
        var bodies = new List<string>();
        for (var i = 0; i < 4; i++) bodies.Add(RawWire.Body((await wire.ReadMessageAsync(isRequest: false, limit.Token))!));

        Assert.Equal(["people", "/a", "people", "/b"], bodies);
    }
}

public sealed class StreamingTestsInLegacy() : StreamingTests(Place.InLegacy);

public sealed class StreamingTestsInShadow() : StreamingTests(Place.InShadow);

public sealed class StreamingTestsInCanaryAtLegacy() : StreamingTests(Place.InCanaryAtLegacy);

public sealed class StreamingTestsInCanaryAtService() : StreamingTests(Place.InCanaryAtService);

public sealed class StreamingTestsInService() : StreamingTests(Place.InService);
