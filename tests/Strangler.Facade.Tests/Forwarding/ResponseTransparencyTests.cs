namespace Strangler.Facade.Tests;

/// <summary>What a client receives through the facade is what the owner sent.</summary>
public abstract class ResponseTransparencyTests(Place place) : StagedTests(place)
{
    private const string Date = "Date: Mon, 01 Jan 2024 00:00:00 GMT";

    [Theory]
    [Transparency(7, 19, 28, 29, 30, 31, 32, 33, 34, 35, 37, 38, 39, 40, 41, 42, 86, 97)]
    [InlineData("200 OK", "GET", "Content-Length: 2\r\nContent-Type: text/html; charset=ISO-8859-1\r\nServer: Microsoft-IIS/6.0\r\nX-Powered-By: ASP.NET\r\nX-AspNet-Version: 2.0.50727", "hi")]
    [InlineData("200 Tudo certo", "GET", "Content-Length: 0", "")]
    [InlineData("299 Odd", "GET", "Content-Length: 0", "")]
    [InlineData("200 OK", "GET", "Set-Cookie: a=1; expires=Mon, 01-Jan-2035 00:00:00 GMT; path=/; HttpOnly\r\nSet-Cookie: b=2\r\nSet-Cookie: a=3\r\nContent-Length: 0", "")]
    [InlineData("401 Unauthorized", "GET", "WWW-Authenticate: Negotiate\r\nWWW-Authenticate: Basic realm=\"a, b\"\r\nContent-Length: 0", "")]
    [InlineData("302 Found", "GET", "Location: http://inner.example:99/a/../b%2F?x#y\r\nContent-Length: 0", "")]
    [InlineData("301 Moved Permanently", "GET", "Location: /dir/\r\nContent-Length: 0", "")]
    [InlineData("200 OK", "GET", "Vary: Accept, Cookie\r\nETag: W/\"a\"\r\nLast-Modified: Mon, 01 Jan 2024 00:00:00 GMT\r\nAge: 3\r\nWarning: 110 - \"stale\"\r\nCache-Control: no-cache, private\r\nPragma: no-cache\r\nExpires: -1\r\nContent-Length: 0", "")]
    [InlineData("200 OK", "GET", "Content-Encoding: gzip\r\nContent-Length: 5", "\u001f\u008b\u0000\u00ff!")]
    [InlineData("206 Partial Content", "GET", "Content-Range: bytes 0-1/10\r\nAccept-Ranges: bytes\r\nContent-Length: 2", "hi")]
    [InlineData("206 Partial Content", "GET", "Content-Type: multipart/byteranges; boundary=X\r\nContent-Length: 127", "--X\r\nContent-Type: text/plain\r\nContent-Range: bytes 0-1/9\r\n\r\nhi\r\n--X\r\nContent-Type: text/plain\r\nContent-Range: bytes 4-4/9\r\n\r\n!")]
    [InlineData("416 Range Not Satisfiable", "GET", "Content-Range: bytes */10\r\nContent-Length: 0", "")]
    [InlineData("205 Reset Content", "GET", "Content-Length: 0", "")]
    [InlineData("304 Not Modified", "GET", "ETag: \"a\"", "")]
    [InlineData("204 No Content", "GET", "X-A: 1", "")]
    [InlineData("404 Not Found", "GET", "Content-Length: 4", "gone")]
    [InlineData("500 Internal Server Error", "GET", "Content-Length: 4\r\nRefresh: 5; url=/x", "oops")]
    [InlineData("503 Service Unavailable", "GET", "Retry-After: 120\r\nContent-Length: 4", "busy")]
    [InlineData("200 OK", "HEAD", "Content-Length: 1234\r\nContent-Type: text/html", "")]
    [InlineData("200 OK", "GET", "Transfer-Encoding: chunked", "2\r\nhi\r\n0\r\n\r\n")]
    [InlineData("200 OK", "GET", "Transfer-Encoding: chunked", "0\r\n\r\n")]
    [InlineData("200 OK", "GET", "X-Latin: caf\u00e9\r\nX-Utf8: caf\u00c3\u00a9\r\nX-Empty:\r\nContent-Disposition: attachment; filename=\"relat\u00f3rio.csv\"\r\nContent-Length: 0", "")]
    public async Task The_answer_arrives_as_the_owner_sent_it(string status, string method, string headers, string body)
    {
        await using var legacy = RawServer.Saying($"HTTP/1.1 {status}\r\n{Date}\r\n{headers}\r\n\r\n{body}");
        await using var facade = await InFrontOfAsync(legacy.Address);

        var direct = await RawWire.ExchangeAsync(legacy.Address, $"{method} / HTTP/1.1\r\nHost: h\r\n\r\n");
        var through = await RawWire.ExchangeAsync(facade.Public, $"{method} / HTTP/1.1\r\nHost: h\r\n\r\n");

        Assert.Equal((direct.Split("\r\n")[0], $"HTTP/1.1 {status}"), (through.Split("\r\n")[0], through.Split("\r\n")[0]));
        Assert.Equal(RawWire.Headers(direct).Select(Trimmed).Order(StringComparer.Ordinal), RawWire.Headers(through).Select(Trimmed).Order(StringComparer.Ordinal));
        Assert.Equal((RawWire.Body(direct), body), (RawWire.Body(through), RawWire.Body(through)));
    }

    [Fact]
    [Transparency(20, 32)]
    public async Task What_belongs_to_the_owners_connection_stays_on_it()
    {
        await using var legacy = RawServer.Saying($"HTTP/1.1 200 OK\r\n{Date}\r\nConnection: keep-alive, X-Hop\r\nKeep-Alive: timeout=5\r\nX-Hop: 1\r\nX-End: 2\r\nContent-Length: 0\r\n\r\n");
        await using var facade = await InFrontOfAsync(legacy.Address);

        var answer = await RawWire.ExchangeAsync(facade.Public, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");

        Assert.Equal(["Content-Length: 0", Date, "X-End: 2"], RawWire.Headers(answer).Order(StringComparer.Ordinal));
    }

    private static string Trimmed(string header) => header.Split(':', 2) is [var name, var value] ? $"{name}: {value.Trim()}" : header;
}

public sealed class ResponseTransparencyTestsInLegacy() : ResponseTransparencyTests(Place.InLegacy);

public sealed class ResponseTransparencyTestsInShadow() : ResponseTransparencyTests(Place.InShadow);

public sealed class ResponseTransparencyTestsInCanaryAtLegacy() : ResponseTransparencyTests(Place.InCanaryAtLegacy);

public sealed class ResponseTransparencyTestsInCanaryAtService() : ResponseTransparencyTests(Place.InCanaryAtService);

public sealed class ResponseTransparencyTestsInService() : ResponseTransparencyTests(Place.InService);
