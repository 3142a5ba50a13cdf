namespace Strangler.Facade.Tests;

/// <summary>Connections to owners end at any time, and some carry what nobody asked for. No request with side effects is sent twice, and no answer goes to the wrong request.</summary>
public abstract class AttemptsTests(Place place) : StagedTests(place)
{
    [Theory]
    [Transparency(62)]
    [InlineData("GET", "")]
    [InlineData("HEAD", "")]
    [InlineData("OPTIONS", "")]
    public async Task A_safe_request_on_a_connection_that_the_owner_has_left_succeeds(string method, string body)
    {
        await using var owner = new RawServer(Forgetful());
        await using var facade = await InFrontOfAsync(owner.Address);

        await RawWire.ExchangeAsync(facade.Public, "GET /first HTTP/1.1\r\nHost: h\r\n\r\n");
        var answer = await RawWire.ExchangeAsync(facade.Public, $"{method} /second HTTP/1.1\r\nHost: h\r\n\r\n{body}");

        Assert.StartsWith("HTTP/1.1 200 ", answer);
    }

    [Theory]
    [Transparency(62)]
    [InlineData("POST", "Content-Length: 3", "100")]
    [InlineData("POST", "Content-Length: 0", "")]
    [InlineData("POST", "Content-Length: 3\r\nExpect: 100-continue", "100")]
    [InlineData("POST", "Content-Length: 5000\r\nExpect: 100-continue", "")]
    [InlineData("POST", "Transfer-Encoding: chunked", "3\r\n100\r\n0\r\n\r\n")]
    [InlineData("POST", "X-A: 1", "")]
    [InlineData("PUT", "X-A: 1", "")]
    [InlineData("DELETE", "X-A: 1", "")]
    [InlineData("DELETE", "Host: h", "")]
    [InlineData("PURGE", "X-A: 1", "")]
    public async Task A_request_with_side_effects_is_sent_once_whatever_becomes_of_the_connection(string method, string headers, string body)
    {
        // The owner has read the request, perhaps acted on it, and is gone without a word.
        await using var owner = new RawServer(Forgetful());
        await using var facade = await InFrontOfAsync(owner.Address);
        var host = headers.StartsWith("Host", StringComparison.Ordinal) ? "" : "Host: h\r\n";

        await RawWire.ExchangeAsync(facade.Public, "GET /first HTTP/1.1\r\nHost: h\r\n\r\n");
        var answer = await RawWire.ExchangeAsync(facade.Public, $"{method} /second HTTP/1.1\r\n{host}{headers}\r\n\r\n{body}");

        Assert.StartsWith("HTTP/1.1 502 ", answer);
        Assert.Single(owner.Requests, request => request.Contains("/second", StringComparison.Ordinal));
    }

    [Theory]
    [Transparency(39)]
    [InlineData("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n", "poison")]
    [InlineData("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison")]
    [InlineData("HEAD", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "6\r\npoison\r\n0\r\n\r\n")]
    [InlineData("GET", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "poison")]
    [InlineData("GET", "HTTP/1.1 304 Not Modified\r\n\r\n", "poison")]
    [InlineData("GET", "HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison")]
    public async Task Bytes_that_nobody_asked_for_reach_no_other_request(string method, string answer, string poison)
    {
        await using var owner = new RawServer(request => request.Contains("/odd", StringComparison.Ordinal) ? answer + poison : RawServer.Ok("clean"));
        await using var facade = await InFrontOfAsync(owner.Address);

        var odd = await RawWire.ExchangeAsync(facade.Public, $"{method} /odd HTTP/1.1\r\nHost: h\r\n\r\n");
        var next = await RawWire.ExchangeAsync(facade.Public, "GET /next HTTP/1.1\r\nHost: h\r\n\r\n");

        Assert.DoesNotContain("poison", odd);
        Assert.Equal("clean", RawWire.Body(next));
    }

    [Fact]
    [Transparency(39)]
    public async Task Not_even_when_they_come_while_the_next_request_is_under_way()
    {
        var next = new TaskCompletionSource();
        await using var owner = new RawServer(async (request, stream) =>
        {
            if (!request.StartsWith("HEAD", StringComparison.Ordinal))
            {
                next.SetResult();
                await RawServer.SendAsync(stream, RawServer.Ok("clean"));
                return true;
            }

            await RawServer.SendAsync(stream, "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n");
            // On a shared connection, what follows would be read as the answer to whatever comes next.
            await Task.WhenAny(next.Task, Task.Delay(TimeSpan.FromSeconds(1)));
            await RawServer.SendAsync(stream, "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison");
            return true;
        });
        await using var facade = await InFrontOfAsync(owner.Address);

        await RawWire.ExchangeAsync(facade.Public, "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
        var answer = await RawWire.ExchangeAsync(facade.Public, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");

        Assert.Equal("clean", RawWire.Body(answer));
    }

    /// <summary>Answers the first request, and closes the connection without a word when the second comes on it; a later connection is answered.</summary>
    private static Func<string, string?> Forgetful()
    {
        var seen = 0;
        return _ => Interlocked.Increment(ref seen) == 2 ? null : RawServer.Ok();
    }
}

public sealed class AttemptsTestsInLegacy() : AttemptsTests(Place.InLegacy);

public sealed class AttemptsTestsInShadow() : AttemptsTests(Place.InShadow);

public sealed class AttemptsTestsInCanaryAtLegacy() : AttemptsTests(Place.InCanaryAtLegacy);

public sealed class AttemptsTestsInCanaryAtService() : AttemptsTests(Place.InCanaryAtService);

public sealed class AttemptsTestsInService() : AttemptsTests(Place.InService);
