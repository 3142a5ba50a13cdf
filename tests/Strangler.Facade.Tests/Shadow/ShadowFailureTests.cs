using System.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace Strangler.Facade.Tests;

/// <summary>Whatever the service does, users get legacy's bytes as ever, and the counts say what happened.</summary>
public sealed class ShadowFailureTests
{
    private const string Page = "HTTP/1.1 200 OK\r\nDate: Mon, 01 Jan 2024 00:00:00 GMT\r\nContent-Type: text/html\r\nContent-Length: 14\r\n\r\n<p>orders</p>\n";

    [Theory]
    [Transparency(88)]
    [InlineData("dead")]
    [InlineData("silent")]
    [InlineData("hanging in the body")]
    [InlineData("closing")]
    [InlineData("broken off")]
    [InlineData("nonsense")]
    [InlineData("erroring")]
    [InlineData("huge")]
    [InlineData("bomb")]
    public async Task Users_get_the_same_bytes_without_waiting(string fate)
    {
        const int Requests = 12;
        await using var legacy = RawServer.Saying(Page);
        await using var service = new RawServer(_ => Fate(fate));
        var address = fate == "dead" ? FacadePageTests.FreeAddress() : service.Address;
        await using var run = await ShadowRun.StartAsync(legacy.Address, address, """{ "noise": 0 }""", "--Facade:Shadow:Timeout", "00:00:02", "--Facade:Shadow:MaxBodyBytes", "100000");
        // The same page through a route that is not shadowed.
        var ever = await RawWire.ExchangeAsync(run.Facade.Public, "GET /other HTTP/1.1\r\nHost: shop\r\n\r\n");
        var clock = Stopwatch.StartNew();

        for (var i = 0; i < Requests; i++)
        {
            Assert.Equal(ever, await RawWire.ExchangeAsync(run.Facade.Public, $"GET /orders/{i} HTTP/1.1\r\nHost: shop\r\n\r\n"));
        }

        // Twelve answers in less time than the first copy of a hanging service may take.
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(2) || fate is not ("silent" or "hanging in the body"), $"{clock.Elapsed}");
        var counts = await run.SettledAsync(Requests);
        var came = string.Join(", ", Came(counts).Where(each => each.Value > 0 && each.Key != "breaker").Select(each => each.Key));
        Assert.Equal(
            fate switch
            {
                "silent" or "hanging in the body" => "timed out",
                "erroring" or "bomb" => "different",
                "huge" => "too_large",
                _ => "unreachable",
            },
            came);
        Assert.Equal(Requests + 1, legacy.Requests.Count);
        Assert.Equal(0, run.Memory.Held);
    }

    [Fact]
    public async Task A_service_that_keeps_failing_is_left_alone_and_then_tried_again()
    {
        var answers = false;
        await using var service = new RawServer(_ => answers ? Page : null);
        await using var legacy = RawServer.Saying(Page);
        await using var run = await ShadowRun.StartAsync(legacy.Address, service.Address, """{ "noise": 0 }""", "--Facade:Shadow:Pause", "00:00:01", "--Facade:Shadow:Concurrency", "1");

        long seen = 0;
        while (!run.Counts.Skipped.ContainsKey("breaker")) await AskAsync();
        var sentWhenOpened = run.Counts.Sent;
        for (var i = 0; i < 20; i++) await AskAsync();
        Assert.True(run.Counts.Sent <= sentWhenOpened + 1, "an open breaker lets nothing but a probe through");

        answers = true;
        await Strangler.Tests.Servers.Wait.UntilAsync(async () =>
        {
            await AskAsync();
            return run.Counts.Equal > 0;
        }, "the service is tried again");

        async Task AskAsync()
        {
            (await run.Facade.Client.GetAsync("/orders/1", TestContext.Current.CancellationToken)).Dispose();
            await run.SettledAsync(++seen);
        }
    }

    [Fact]
    [Transparency(88)]
    public async Task A_full_buffer_drops_and_nobody_waits()
    {
        await using var legacy = RawServer.Saying(Page);
        await using var run = await ShadowRun.StartAsync(
            async context => await context.Response.WriteAsync("x"),
            Backend.HangAsync,
            """{ "noise": 0 }""", "--Facade:Shadow:Timeout", "00:00:10", "--Facade:Shadow:Concurrency", "1", "--Facade:Shadow:Buffer", "3", "--Facade:Shadow:RatePerSecond", "10000");
        var clock = Stopwatch.StartNew();

        await Parallel.ForAsync(0, 50, TestContext.Current.CancellationToken, async (_, cancellation) => (await run.Facade.Client.GetAsync("/orders/1", cancellation)).Dispose());

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), $"{clock.Elapsed}");
        await Strangler.Tests.Servers.Wait.UntilAsync(() => Task.FromResult(run.Counts.Seen == 50), "all requests are seen");
        // One under way, three waiting; the first may still have stood in the buffer.
        Assert.InRange(run.Counts.Dropped["buffer_full"], 46, 47);
    }

    [Fact]
    public async Task Memory_is_bounded_and_what_does_not_fit_is_dropped_not_the_users_bytes()
    {
        var body = new byte[200_000];
        Random.Shared.NextBytes(body);
        await using var run = await ShadowRun.StartAsync(
            async context => await context.Response.Body.WriteAsync(body),
            Backend.HangAsync,
            """{ "noise": 0 }""", "--Facade:Shadow:BufferBytes", "300000", "--Facade:Shadow:Timeout", "00:00:01", "--Facade:Shadow:Concurrency", "1");

        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(body, await run.Facade.Client.GetByteArrayAsync("/orders/1", TestContext.Current.CancellationToken));
            Assert.InRange(run.Memory.Held, 0, 300_000);
        }

        var counts = await run.SettledAsync(4);
        Assert.Equal(3, counts.Dropped["memory_full"]);
        Assert.Equal(0, run.Memory.Held);
    }

    [Fact]
    public async Task A_rate_and_a_byte_budget_are_kept()
    {
        RequestDelegate say = context => context.Response.WriteAsync(new string('x', 40_000));
        await using var slow = await ShadowRun.StartAsync(say, say, """{ "noise": 0 }""", "--Facade:Shadow:RatePerSecond", "0.01");
        await using var little = await ShadowRun.StartAsync(say, say, """{ "noise": 0 }""", "--Facade:Shadow:BytesPerHour", "65536");

        for (var i = 1; i <= 5; i++)
        {
            (await slow.Facade.Client.GetAsync("/orders/1", TestContext.Current.CancellationToken)).Dispose();
            (await little.Facade.Client.GetAsync("/orders/1", TestContext.Current.CancellationToken)).Dispose();
            await slow.SettledAsync(i);
            await little.SettledAsync(i);
        }

        Assert.Equal((1, 4), (slow.Counts.Sent, slow.Counts.Skipped["rate"]));
        Assert.Equal((2, 3), (little.Counts.Sent, little.Counts.Skipped["bytes"]));
    }

    [Fact]
    public async Task A_large_answer_passes_whole_and_is_skipped()
    {
        var body = new byte[3_000_000];
        Random.Shared.NextBytes(body);
        RequestDelegate say = async context => await context.Response.Body.WriteAsync(body);
        await using var run = await ShadowRun.StartAsync(say, say);

        Assert.Equal(body, await run.Facade.Client.GetByteArrayAsync("/orders/1", TestContext.Current.CancellationToken));

        Assert.Equal(1, (await run.SettledAsync(1)).Skipped["too_large"]);
        Assert.Equal(0, run.Memory.Held);
    }

    [Theory]
    [InlineData("Content-Length: 20000000\r\n\r\n", "client_gone")]
    [InlineData("Content-Type: text/event-stream\r\n\r\n", "client_gone")]
    public async Task Nothing_is_kept_of_what_is_announced_too_large_or_endless(string head, string reason)
    {
        // Legacy begins to answer and then says nothing more.
        await using var legacy = new RawServer(_ => $"HTTP/1.1 200 OK\r\n{head}data: 1\n\n");
        await using var service = RawServer.Saying(Page);
        await using var run = await ShadowRun.StartAsync(legacy.Address, service.Address);

        using (var answer = await run.Facade.Client.GetAsync("/orders/1", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken))
        {
            await using var body = await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
            Assert.Equal((byte)'d', body.ReadByte());
            Assert.Equal(0, run.Memory.Held);
        }

        Assert.Equal(1, (await run.SettledAsync(1)).Skipped[reason]);
    }

    [Fact]
    public async Task A_client_who_leaves_and_a_legacy_without_an_answer_leave_nothing_to_compare()
    {
        await using var run = await ShadowRun.StartAsync(
            async context =>
            {
                if (context.Request.Path.Value!.EndsWith("/break", StringComparison.Ordinal)) context.Abort();
                else await Backend.HangAsync(context);
            },
            context => context.Response.WriteAsync("x"));
        using var leaving = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run.Facade.Client.GetAsync("/orders/wait", leaving.Token));
        using var answer = await run.Facade.Client.GetAsync("/orders/break", TestContext.Current.CancellationToken);

        Assert.Equal(502, (int)answer.StatusCode);
        var counts = await run.SettledAsync(2);
        Assert.Equal((1, 1, 0), (counts.Skipped["client_gone"], counts.Skipped["no_answer"], counts.Sent));
    }

    [Fact]
    public async Task Under_load_with_everything_going_wrong_the_counts_add_up_and_every_user_has_the_page()
    {
        var n = 0;
        await using var run = await ShadowRun.StartAsync(
            context => context.Response.WriteAsync("page"),
            async context =>
            {
                switch (Interlocked.Increment(ref n) % 5)
                {
                    case 0: context.Abort(); break;
                    case 1: await Backend.HangAsync(context); break;
                    case 2: context.Response.StatusCode = 500; break;
                    default: await context.Response.WriteAsync("page"); break;
                }
            },
            """{ "exclude": ["/orders/logout"], "share": 90 }""", "--Facade:Shadow:Timeout", "00:00:00.100", "--Facade:Shadow:Buffer", "20", "--Facade:Shadow:RatePerSecond", "1000", "--Facade:Shadow:Pause", "00:00:00.500");

        await Parallel.ForAsync(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = TestContext.Current.CancellationToken }, async (i, cancellation) =>
        {
            Assert.Equal("page", await run.Facade.Client.GetStringAsync(i % 10 == 0 ? "/orders/logout" : $"/orders/{i}", cancellation));
            _ = run.Counts;
        });

        var counts = await run.SettledAsync(400);
        Assert.Equal(40, counts.Skipped["excluded"]);
        Assert.True(counts.Sent > 0);
        Assert.Equal(0, run.Memory.Held);
    }

    private static Dictionary<string, long> Came(ShadowCounts counts) =>
        new(counts.Failed.Concat(counts.Dropped).Concat(counts.Skipped).Concat([new("timed out", counts.TimedOut), new("different", counts.Different), new("equal", counts.Equal)]));

    private static string? Fate(string fate) => fate switch
    {
        "closing" => null,
        "silent" => "",
        "hanging in the body" => "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc",
        "broken off" => "HTTP/1.1 200 OK\r\nContent-Length: 100\r\nConnection: close\r\n\r\nabc",
        "nonsense" => "this is not HTTP\r\n\r\n",
        "erroring" => "HTTP/1.1 500 Oops\r\nContent-Length: 4\r\n\r\noops",
        "bomb" => $"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\nContent-Length: {Bomb.Length}\r\n\r\n{Bomb}",
        _ => RawServer.Ok(new string('x', 5_000_000)),
    };

    private static readonly string Bomb = System.Text.Encoding.Latin1.GetString(Answers.Packed("gzip", new string('a', 18_000_000)));
}
