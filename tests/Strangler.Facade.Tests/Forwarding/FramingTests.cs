namespace Strangler.Facade.Tests;

/// <summary>Requests that two servers in a row could read differently: refused, and nothing after them is read.</summary>
public abstract class FramingTests(Place place) : StagedTests(place)
{
    private const string Next = "GET /next HTTP/1.1\r\nHost: h\r\n\r\n";

    [Theory]
    [Transparency(65)]
    [InlineData("Content-Length: 5\r\nTransfer-Encoding: chunked", "0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\nContent-Length: 3", "0\r\n\r\n")]
    [InlineData("X-Content-Length: 3\r\nTransfer-Encoding: chunked", "0\r\n\r\n")]
    [InlineData("Content-Length: 2\r\nContent-Length: 2", "hi")]
    [InlineData("Content-Length: 2\r\nContent-Length: 3", "hi!")]
    [InlineData("Content-Length: 2, 2", "hi")]
    [InlineData("Content-Length: -2", "hi")]
    [InlineData("Content-Length: 0x2", "hi")]
    [InlineData("Content-Length: 2 2", "hi")]
    [InlineData("Transfer-Encoding: gzip, chunked", "0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked, chunked", "0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", "0\r\n\r\n")]
    [InlineData("Transfer-Encoding: identity", "")]
    [InlineData("Transfer-Encoding: xchunked", "0\r\n\r\n")]
    [InlineData("Transfer-Encoding: \u000bchunked", "0\r\n\r\n")]
    [InlineData("Transfer-Encoding: \"chunked\"", "0\r\n\r\n")]
    [InlineData("Transfer-Encoding : chunked", "0\r\n\r\n")]
    [InlineData("X-A: 1\r\n 2", "")]
    [InlineData("X-A: 1\r\n\tTransfer-Encoding: chunked", "")]
    [InlineData("X-A : 1", "")]
    [InlineData("X-A: 1\rX-B: 2", "")]
    [InlineData("X-A: 1\nX-B: 2", "")]
    [InlineData("X-A: 1\u00002", "")]
    [InlineData("X-A", "")]
    [InlineData("Host: other", "")]
    [InlineData("Host: h", "")]
    public async Task A_head_that_can_be_read_in_two_ways_is_refused_and_reaches_nobody(string headers, string body)
    {
        await using var owner = RawServer.Saying(RawServer.Ok());
        await using var facade = await InFrontOfAsync(owner.Address);

        var answers = await RawWire.UntilClosedAsync(facade.Public, $"POST / HTTP/1.1\r\nHost: h\r\n{headers}\r\n\r\n{body}{Next}");

        Assert.StartsWith("HTTP/1.1 400 ", Assert.Single(answers));
        Assert.Empty(owner.Requests);
    }

    [Theory]
    [Transparency(65)]
    [InlineData("POST / HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\nHost: h\n\n")]
    [InlineData("GET / HTTP/1.1\r\n Host: h\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("GET /a b HTTP/1.1\r\nHost: h\r\n\r\n")]
    [InlineData("GET http://other/ HTTP/1.1\r\nHost: h\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: h@other\r\n\r\n")]
    public async Task So_is_a_request_line_that_can(string sent)
    {
        await using var owner = RawServer.Saying(RawServer.Ok());
        await using var facade = await InFrontOfAsync(owner.Address);

        var answers = await RawWire.UntilClosedAsync(facade.Public, sent + Next);

        Assert.StartsWith("HTTP/1.1 400 ", Assert.Single(answers));
        Assert.Empty(owner.Requests);
    }

    [Theory]
    [Transparency(49, 65)]
    [InlineData("2\nhi\r\n0\r\n\r\n")]
    [InlineData("2;a\nhi\r\n0\r\n\r\n")]
    [InlineData("0x2\r\nhi\r\n0\r\n\r\n")]
    [InlineData("-2\r\nhi\r\n0\r\n\r\n")]
    [InlineData(" 2\r\nhi\r\n0\r\n\r\n")]
    [InlineData("ffffffffff2\r\nhi\r\n0\r\n\r\n")]
    [InlineData("2\r\nhi!\r\n0\r\n\r\n")]
    [InlineData("\r\nhi\r\n0\r\n\r\n")]
    public async Task A_broken_chunk_breaks_the_request_off_at_the_owner_and_ends_the_connection(string body)
    {
        // The head is gone when the body's fault is found: bodies are never collected. What the owner gets is a request without an end.
        await using var owner = RawServer.Saying(RawServer.Ok());
        await using var facade = await InFrontOfAsync(owner.Address);

        var answers = await RawWire.UntilClosedAsync(facade.Public, $"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n{body}{Next}");

        Assert.StartsWith("HTTP/1.1 400 ", Assert.Single(answers));
        Assert.All(owner.Requests, request => Assert.DoesNotContain("0\r\n\r\n", request));
        Assert.DoesNotContain(owner.Requests, request => request.Contains("/next", StringComparison.Ordinal));
    }

    [Theory]
    [Transparency(65)]
    [InlineData("Content-Length: +2\r\n\r\nhi", "Content-Length: 2\r\n\r\nhi")]
    [InlineData("Transfer-Encoding: CHUNKED\r\n\r\n2;ext=\"a\"\r\nhi\r\n0\r\nX-Trailer: 1\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n0000002\r\nhi\r\n000\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n")]
    public async Task What_is_odd_but_has_one_meaning_reaches_the_owner_in_plain_form(string sent, string arrived)
    {
        await using var owner = RawServer.Saying(RawServer.Ok());
        await using var facade = await InFrontOfAsync(owner.Address);

        var answer = await RawWire.ExchangeAsync(facade.Public, $"POST / HTTP/1.1\r\nHost: h\r\n{sent}");

        Assert.StartsWith("HTTP/1.1 200 ", answer);
        Assert.Equal($"POST / HTTP/1.1\r\nHost: h\r\n{arrived}", Assert.Single(owner.Requests));
    }

    [Fact]
    [Transparency(49)]
    public async Task A_body_shorter_than_promised_is_never_a_complete_request()
    {
        var began = new TaskCompletionSource();
        var ended = new TaskCompletionSource<string>();
        await using var owner = await Backend.StartAsync(async context =>
        {
            try
            {
                began.SetResult();
                await context.Request.Body.CopyToAsync(Stream.Null);
                ended.SetResult("complete");
            }
            catch (Exception cause) when (cause is IOException or OperationCanceledException)
            {
                ended.SetResult("broken off");
            }
        });
        await using var facade = await InFrontOfAsync(owner.Address);
        using (var client = new System.Net.Sockets.TcpClient())
        {
            await client.ConnectAsync(facade.Public.Host, facade.Public.Port);
            await client.GetStream().WriteAsync("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhalf"u8.ToArray());
            await began.Task.WaitAsync(Limit);
        }

        Assert.Equal("broken off", await ended.Task.WaitAsync(Limit));
    }

    [Fact]
    [Transparency(49, 60)]
    public async Task What_follows_a_body_is_the_next_request()
    {
        await using var owner = new RawServer(request => RawServer.Ok(request.Split(' ')[1]));
        await using var facade = await InFrontOfAsync(owner.Address);

        var answers = await RawWire.UntilClosedAsync(facade.Public, "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhiGET /b HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");

        Assert.Equal(["/a", "/b"], answers.Select(RawWire.Body));
        Assert.Equal(2, owner.Requests.Count);
    }
}

public sealed class FramingTestsInLegacy() : FramingTests(Place.InLegacy);

public sealed class FramingTestsInShadow() : FramingTests(Place.InShadow);

public sealed class FramingTestsInCanaryAtLegacy() : FramingTests(Place.InCanaryAtLegacy);

public sealed class FramingTestsInCanaryAtService() : FramingTests(Place.InCanaryAtService);

public sealed class FramingTestsInService() : FramingTests(Place.InService);
