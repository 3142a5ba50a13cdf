using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Strangler.Tests.Servers;

namespace Strangler.Facade.Tests;

/// <summary>What stage shadow does, with real servers on both sides.</summary>
public sealed class ShadowStageTests
{
    private static readonly RequestDelegate SayOrders = context => context.Response.WriteAsync("orders");

    [Fact]
    public async Task The_service_gets_the_request_as_sent_once_the_user_has_the_answer()
    {
        await using var service = RawServer.Saying(RawServer.Ok("orders"));
        await using var legacy = RawServer.Saying(RawServer.Ok("orders"));
        await using var run = await ShadowRun.StartAsync(legacy.Address, service.Address, """{ "noise": 0 }""");

        var answer = await RawWire.ExchangeAsync(run.Facade.Public, "GET /orders/a%2Fb//c?x=%20&x HTTP/1.1\r\nHost: shop:81\r\nAccept-Language: pt\r\n\r\n");
        var counts = await run.SettledAsync(1);

        Assert.EndsWith("\r\n\r\norders", answer);
        Assert.Equal((1, 1), (counts.Sent, counts.Equal));
        var copy = Assert.Single(service.Requests);
        Assert.StartsWith("GET /orders/a%2Fb//c?x=%20&x HTTP/1.1\r\n", copy);
        Assert.Equal(["Accept-Language: pt", "Host: shop:81", "X-Strangler-Shadow: 1"], RawWire.Headers(copy).Order(StringComparer.Ordinal));
        Assert.Single(legacy.Requests);
    }

    [Fact]
    public async Task No_copy_leaves_before_the_answer_is_complete_at_the_client()
    {
        const string Rest = "3\r\ntwo\r\n0\r\n\r\n";
        using var client = new TcpClient();
        var half = new TaskCompletionSource();
        var arrived = new ConcurrentQueue<int>();
        await using var run = await ShadowRun.StartAsync(
            async context =>
            {
                await context.Response.WriteAsync("one");
                await context.Response.Body.FlushAsync();
                await half.Task;
                await context.Response.WriteAsync("two");
            },
            context =>
            {
                // What lies at the client's end of the connection, unread, when the copy reaches the service.
                arrived.Enqueue(client.Available);
                return context.Response.WriteAsync("onetwo");
            },
            """{ "noise": 0 }""");

        await client.ConnectAsync(run.Facade.Public.Host, run.Facade.Public.Port, TestContext.Current.CancellationToken);
        var stream = client.GetStream();
        await stream.WriteAsync("GET /orders/1 HTTP/1.1\r\nHost: shop\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        var read = "";
        var chunk = new byte[4096];
        while (!read.EndsWith("one\r\n", StringComparison.Ordinal)) read += Encoding.Latin1.GetString(chunk, 0, await stream.ReadAsync(chunk, TestContext.Current.CancellationToken));
        Assert.Empty(arrived);
        half.SetResult();

        Assert.Equal(1, (await run.SettledAsync(1)).Equal);
        Assert.Equal([Rest.Length], arrived);
    }

    [Fact]
    public async Task A_client_that_reads_slowly_still_comes_first()
    {
        var body = new byte[12 * 1024 * 1024];
        var copies = 0;
        await using var run = await ShadowRun.StartAsync(
            async context => await context.Response.Body.WriteAsync(body),
            async context =>
            {
                copies++;
                await context.Response.Body.WriteAsync(body);
            },
            """{ "noise": 0 }""", "--Facade:Shadow:MaxBodyBytes", "16777216", "--Facade:Shadow:BufferBytes", "67108864", "--Facade:Shadow:Timeout", "00:00:20");
        using var client = new TcpClient { ReceiveBufferSize = 64 * 1024 };
        await client.ConnectAsync(run.Facade.Public.Host, run.Facade.Public.Port, TestContext.Current.CancellationToken);
        await client.GetStream().WriteAsync("GET /orders/1 HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);

        await Wait.UntilAsync(() => Task.FromResult(run.Memory.Held > 100_000), "a part of the answer has passed the facade");
        Assert.Equal((0, 0), (run.Counts.Seen, copies));
        var all = new MemoryStream();
        await client.GetStream().CopyToAsync(all, TestContext.Current.CancellationToken);

        Assert.True(all.Length > body.Length);
        Assert.Equal(1, (await run.SettledAsync(1)).Equal);
        Assert.Equal(0, run.Memory.Held);
    }

    [Fact]
    [Transparency(89)]
    public async Task Each_request_is_sent_at_most_once_also_when_a_kept_connection_dies_under_it()
    {
        var count = 0;
        // Every second request finds its connection closed without a word, after it was received.
        await using var service = new RawServer(_ => Interlocked.Increment(ref count) % 2 == 0 ? null : RawServer.Ok());
        await using var legacy = RawServer.Saying(RawServer.Ok());
        await using var run = await ShadowRun.StartAsync(legacy.Address, service.Address, """{ "noise": 0 }""", "--Facade:Shadow:Concurrency", "1");

        for (var i = 0; i < 8; i++)
        {
            (await run.Facade.Client.GetAsync($"/orders/{i}", TestContext.Current.CancellationToken)).Dispose();
            await run.SettledAsync(i + 1);
        }

        var targets = service.Requests.Select(request => request.Split(' ')[1]).ToList();
        Assert.Equal(targets.Distinct(), targets);
        Assert.Equal(run.Counts.Sent, targets.Count);
    }

    [Theory]
    [Transparency(89)]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("PATCH")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    [InlineData("PROPFIND")]
    public async Task A_request_with_side_effects_is_never_copied(string method)
    {
        await using var service = RawServer.Saying(RawServer.Ok());
        await using var legacy = RawServer.Saying(RawServer.Ok());
        await using var run = await ShadowRun.StartAsync(legacy.Address, service.Address);

        await RawWire.ExchangeAsync(run.Facade.Public, $"{method} /orders/1 HTTP/1.1\r\nHost: shop\r\nContent-Length: 2\r\n\r\nhi");
        var counts = await run.SettledAsync(1);

        Assert.Equal(1, counts.Skipped["method"]);
        Assert.Empty(service.Requests);
        Assert.Single(legacy.Requests);
    }

    [Fact]
    public async Task With_a_sink_they_go_there_with_their_body_and_nowhere_else()
    {
        await using var service = RawServer.Saying(RawServer.Ok());
        await using var sink = RawServer.Saying(RawServer.Ok());
        await using var legacy = RawServer.Saying(RawServer.Ok());
        await using var run = await ShadowRun.StartAsync(legacy.Address, service.Address, $$"""{ "sink": "{{sink.Address.GetLeftPart(UriPartial.Authority)}}" }""");

        await RawWire.ExchangeAsync(run.Facade.Public, "DELETE /orders/1 HTTP/1.1\r\nHost: shop\r\n\r\n");
        await run.SettledAsync(1);
        await RawWire.ExchangeAsync(run.Facade.Public, "POST /orders/1 HTTP/1.1\r\nHost: shop\r\nContent-Type: text/x\r\nCookie: s=1\r\nContent-Length: 5\r\n\r\nhello");
        var counts = await run.SettledAsync(2);

        Assert.Equal(2, counts.Equal);
        Assert.Empty(service.Requests);
        Assert.StartsWith("DELETE /orders/1 HTTP/1.1\r\n", sink.Requests.First());
        var copy = sink.Requests.Last();
        Assert.StartsWith("POST /orders/1 HTTP/1.1\r\n", copy);
        Assert.EndsWith("\r\n\r\nhello", copy);
        Assert.Contains("Content-Type: text/x\r\n", copy);
        Assert.DoesNotContain("Cookie", copy);
        // Neither was sent to legacy a second time to learn noise.
        Assert.Equal((2, 2), (legacy.Requests.Count, sink.Requests.Count));
        Assert.Equal(0, run.Memory.Held);
    }

    [Fact]
    public async Task A_redirect_is_compared_and_not_followed()
    {
        await using var service = RawServer.Saying("HTTP/1.1 302 Found\r\nLocation: /orders/2\r\nContent-Length: 0\r\n\r\n");
        await using var legacy = RawServer.Saying("HTTP/1.1 302 Found\r\nLocation: http://shop/orders/2\r\nContent-Length: 0\r\n\r\n");
        await using var run = await ShadowRun.StartAsync(legacy.Address, service.Address);

        await RawWire.ExchangeAsync(run.Facade.Public, "GET /orders/1 HTTP/1.1\r\nHost: shop\r\n\r\n");

        Assert.Equal(1, (await run.SettledAsync(1)).Equal);
        Assert.Single(service.Requests);
    }

    [Fact]
    public async Task A_share_is_exact()
    {
        await using var run = await ShadowRun.StartAsync(SayOrders, SayOrders, """{ "share": 25, "noise": 0 }""");

        for (var i = 0; i < 40; i++) (await run.Facade.Client.GetAsync("/orders/1", TestContext.Current.CancellationToken)).Dispose();
        var counts = await run.SettledAsync(40);

        Assert.Equal((10, 30), (counts.Sent, counts.Skipped["share"]));
    }

    [Fact]
    public async Task What_waits_is_dropped_when_the_route_leaves_the_stage()
    {
        var asked = new TaskCompletionSource();
        var held = new TaskCompletionSource();
        await using var run = await ShadowRun.StartAsync(
            SayOrders,
            async context =>
            {
                asked.TrySetResult();
                await held.Task.WaitAsync(context.RequestAborted);
                await SayOrders(context);
            },
            """{ "noise": 0 }""", "--Facade:Shadow:Concurrency", "1", "--Facade:Shadow:Timeout", "00:00:30");
        for (var i = 0; i < 5; i++) (await run.Facade.Client.GetAsync("/orders/1", TestContext.Current.CancellationToken)).Dispose();
        await asked.Task;

        run.Facade.Replace(ShadowRun.Routes("legacy"));
        await run.Facade.UntilAsync(status => status.GetProperty("revision").GetInt64() == 2, TimeSpan.FromSeconds(10));
        held.SetResult();
        (await run.Facade.Client.GetAsync("/orders/1", TestContext.Current.CancellationToken)).Dispose();

        var counts = await run.SettledAsync(5);
        Assert.Equal((1, 4), (counts.Equal, counts.Dropped["flipped"]));
    }

    [Fact]
    public async Task Changed_settings_keep_the_findings_and_another_stay_begins_anew()
    {
        await using var run = await ShadowRun.StartAsync(SayOrders, context => context.Response.WriteAsync("other"), """{ "noise": 0 }""");
        (await run.Facade.Client.GetAsync("/orders/1", TestContext.Current.CancellationToken)).Dispose();
        Assert.Equal(1, (await run.SettledAsync(1)).Different);

        await ReplaceAsync("shadow", """{ "noise": 0, "ignore": ["body*"] }""", 2);
        (await run.Facade.Client.GetAsync("/orders/1", TestContext.Current.CancellationToken)).Dispose();
        var counts = await run.SettledAsync(2);
        Assert.Equal((1, 1), (counts.Different, counts.Ignored));

        await ReplaceAsync("legacy", "{}", 3);
        await ReplaceAsync("shadow", "{}", 4);
        Assert.Equal(0, run.Counts.Seen);

        async Task ReplaceAsync(string stage, string shadow, long revision)
        {
            run.Facade.Replace(ShadowRun.Routes(stage, shadow));
            await run.Facade.UntilAsync(status => status.GetProperty("revision").GetInt64() == revision, TimeSpan.FromSeconds(10));
        }
    }
}
