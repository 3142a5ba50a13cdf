namespace Strangler.Facade.Tests;

/// <summary>What an owner receives through the facade is what it would receive directly.</summary>
public abstract class RequestTransparencyTests(Place place) : StagedTests(place), IAsyncLifetime
{
    private readonly RawServer legacy = RawServer.Saying(RawServer.Ok());
    private RunningFacade facade = null!;

    public async ValueTask InitializeAsync() => facade = await InFrontOfAsync(legacy.Address);

    public async ValueTask DisposeAsync()
    {
        await facade.DisposeAsync();
        await legacy.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [Transparency(1, 2, 3, 4, 5, 6, 7, 8, 11, 97)]
    [InlineData("/a%2Fb%2fc%5Cd")]
    [InlineData("/%25/%2520/%20/+")]
    [InlineData("/a/../b/./c/%2e%2E/d")]
    [InlineData("//a//b//")]
    [InlineData("/caf%C3%A9/caf%E9")]
    [InlineData("/x?b=2&a=1&b=3")]
    [InlineData("/x?")]
    [InlineData("/x?a")]
    [InlineData("/x?a=")]
    [InlineData("/x?a;b&c[]=1&d={}|\\^`\"<>")]
    [InlineData("/x?next=/a/../b%2F//c")]
    [InlineData("/x?a=b#c")]
    [InlineData("/dir")]
    [InlineData("/dir/")]
    [InlineData("/DIR/Mixed.ASPX")]
    [InlineData("/a;jsessionid=1F/(S(abc))/b")]
    [InlineData("/'!$&()*,=:@~-_")]
    [InlineData("/%7E%41%61")]
    [InlineData("/a\\b\\..\\c")]
    [InlineData("/[x]{y}|^`\"<>")]
    public async Task The_target_arrives_byte_for_byte(string target)
    {
        await RawWire.ExchangeAsync(legacy.Address, $"GET {target} HTTP/1.1\r\nHost: h\r\n\r\n");
        await RawWire.ExchangeAsync(facade.Public, $"GET {target} HTTP/1.1\r\nHost: h\r\n\r\n");

        Assert.Equal(2, legacy.Requests.Count);
        Assert.Equal(legacy.Requests.First(), legacy.Requests.Last());
    }

    [Fact]
    [Transparency(9)]
    public async Task A_long_target_arrives()
    {
        var target = "/" + new string('x', 30_000);

        await RawWire.ExchangeAsync(facade.Public, $"GET {target} HTTP/1.1\r\nHost: h\r\n\r\n");

        Assert.Equal($"GET {target} HTTP/1.1", Assert.Single(legacy.Requests).Split("\r\n")[0]);
    }

    [Fact]
    [Transparency(10, 14)]
    public async Task An_absolute_target_arrives_as_its_path_with_the_host_as_sent()
    {
        await RawWire.ExchangeAsync(facade.Public, "GET http://clinic.example:81/a%2Fb?c HTTP/1.1\r\nHost: clinic.example:81\r\n\r\n");

        var request = Assert.Single(legacy.Requests);
        Assert.Equal("GET /a%2Fb?c HTTP/1.1", request.Split("\r\n")[0]);
        Assert.Equal("clinic.example:81", RawWire.Header(request, "Host"));
    }

    [Theory]
    [Transparency(10)]
    [InlineData("OPTIONS * HTTP/1.1")]
    [InlineData("CONNECT clinic.example:443 HTTP/1.1")]
    public async Task A_target_without_a_path_is_refused(string line)
    {
        var answer = await RawWire.ExchangeAsync(facade.Public, $"{line}\r\nHost: clinic.example:443\r\nAccept: application/json\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 400 ", answer);
        Assert.Empty(legacy.Requests);
    }

    [Theory]
    [Transparency(14, 16, 19, 21, 23, 24, 25, 26, 37, 40, 41, 46, 97)]
    [InlineData("GET")]
    [InlineData("HEAD")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    public async Task A_request_without_body_arrives_with_the_same_head(string method)
    {
        string[] headers =
        [
            "Host: clinic.example:8443", "User-Agent: x", "Accept: text/html;q=0.9, */*", "Accept-Encoding: gzip, br", "Accept-Language: pt-BR",
            "Cookie: a=1; b=\"2\"", "Authorization: Basic eDp5", "Upgrade-Insecure-Requests: 1", "X-Requested-With: XMLHttpRequest", "X-HTTP-Method-Override: PUT",
            "If-None-Match: W/\"a\", \"b\"", "If-Modified-Since: Mon, 01 Jan 2024 00:00:00 GMT", "Range: bytes=0-1,4-", "If-Range: \"a\"", "Referer: http://clinic.example/?a=%2F", "Origin: http://clinic.example",
            "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "tracestate: a=b", "baggage: c=d", "Via: 1.1 outer", "X-Empty:", "X-Latin: caf\u00E9", "X-Utf8: caf\u00C3\u00A9", "X-Odd: a,b; c=\"d, e\"",
        ];

        var request = $"{method} /x HTTP/1.1\r\n{string.Join("\r\n", headers)}\r\n\r\n";

        await RawWire.ExchangeAsync(legacy.Address, request);
        await RawWire.ExchangeAsync(facade.Public, request);

        var (direct, through) = (legacy.Requests.First(), legacy.Requests.Last());
        Assert.Equal(2, legacy.Requests.Count);
        Assert.Equal(direct.Split("\r\n")[0], through.Split("\r\n")[0]);
        Assert.Equal(RawWire.Headers(direct).Select(Normal).Order(), RawWire.Headers(through).Select(Normal).Order());
    }

    [Theory]
    [Transparency(26, 46)]
    [InlineData("TRACE /x HTTP/1.1\r\nHost: h\r\n\r\n")]
    [InlineData("PURGE /x HTTP/1.1\r\nHost: h\r\n\r\n")]
    [InlineData("PROPFIND /x HTTP/1.1\r\nHost: h\r\n\r\n")]
    [InlineData("POST /x HTTP/1.1\r\nHost: h\r\n\r\n")]
    [InlineData("GET /x HTTP/1.1\r\nHost: h\r\nContent-Type: text/plain\r\n\r\n")]
    public async Task Where_a_body_could_be_expected_its_absence_is_spelled_out(string sent)
    {
        await RawWire.ExchangeAsync(facade.Public, sent);

        // HttpClient adds the length, which says the same (RFC 9112, 6.3); it never adds a Transfer-Encoding.
        Assert.Equal([.. RawWire.Headers(sent), "Content-Length: 0"], RawWire.Headers(Assert.Single(legacy.Requests)));
    }

    [Fact]
    [Transparency(17)]
    public async Task Repeated_headers_keep_their_values_in_order()
    {
        await RawWire.ExchangeAsync(facade.Public, "GET / HTTP/1.1\r\nHost: h\r\nX-A: 1\r\nX-A: 2,3\r\nX-A: 4\r\nCookie: a=1\r\nCookie: b=2\r\n\r\n");

        var request = Assert.Single(legacy.Requests);
        // HttpClient writes the values of one name as one line, which RFC 9110 (5.3) declares equal.
        Assert.Equal("1, 2,3, 4", RawWire.Header(request, "X-A"));
        Assert.Equal("a=1; b=2", RawWire.Header(request, "Cookie"));
    }

    [Fact]
    [Transparency(20)]
    public async Task What_belongs_to_the_connection_stays_on_it()
    {
        // Kestrel forgets the names beside "keep-alive" in the same header before anyone can see them.
        await RawWire.ExchangeAsync(
            facade.Public,
            "GET / HTTP/1.1\r\nHost: h\r\nConnection: X-Hop, Cookie\r\nKeep-Alive: timeout=5\r\nProxy-Connection: keep-alive\r\nTE: trailers\r\nX-Hop: 1\r\nX-End: 2\r\nCookie: a=1\r\n\r\n");

        Assert.Equal(["Cookie: a=1", "Host: h", "X-End: 2"], RawWire.Headers(Assert.Single(legacy.Requests)).Order(StringComparer.Ordinal));
    }

    [Theory]
    [Transparency(38, 46, 50, 97)]
    [InlineData("POST /x HTTP/1.1\r\nHost: h\r\nContent-Type: text/plain; charset=\"x\"\r\nContent-Length: 5\r\n\r\nhello")]
    [InlineData("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("PUT /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")]
    [InlineData("GET /x HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi")]
    [InlineData("DELETE /x HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")]
    public async Task A_body_arrives_framed_as_it_was_sent(string sent)
    {
        await RawWire.ExchangeAsync(legacy.Address, sent);
        await RawWire.ExchangeAsync(facade.Public, sent);

        var (direct, through) = (legacy.Requests.First(), legacy.Requests.Last());
        Assert.Equal(2, legacy.Requests.Count);
        Assert.Equal(RawWire.Headers(direct).Order(), RawWire.Headers(through).Order());
        Assert.Equal(RawWire.Body(direct), RawWire.Body(through));
    }

    [Fact]
    [Transparency(24)]
    public async Task What_only_facade_and_services_may_say_is_taken_from_outside_requests()
    {
        await RawWire.ExchangeAsync(
            facade.Public,
            "GET / HTTP/1.1\r\nHost: h\r\nx-strangler-identity: forged\r\nX-SystemWebAdapter-RemoteAppAuthentication-Key: guessed\r\nX-Migration-Authenticate: true\r\n\r\n");

        Assert.Equal(["Host: h"], RawWire.Headers(Assert.Single(legacy.Requests)));
    }

    [Theory]
    [Transparency(3, 69, 76)]
    [InlineData("/systemweb-adapters/session", 404)]
    [InlineData("/app/SystemWeb-Adapters/x/../session?x", 404)]
    [InlineData("/systemweb%2Dadapters/session/", 404)]
    [InlineData("/systemweb-adapters/authenticate?original-url=/x", 200)]
    public async Task The_session_exchange_is_closed_to_the_outside_and_the_way_back_from_a_login_is_open(string target, int status)
    {
        var answer = await RawWire.ExchangeAsync(facade.Public, $"GET {target} HTTP/1.1\r\nHost: h\r\n\r\n");

        Assert.StartsWith($"HTTP/1.1 {status} ", answer);
        Assert.Equal(status == 200 ? 1 : 0, legacy.Requests.Count);
    }

    private static string Normal(string header) => header.Split(':', 2) is [var name, var value] ? $"{name}: {value.Trim()}" : header;
}

public sealed class RequestTransparencyTestsInLegacy() : RequestTransparencyTests(Place.InLegacy);

public sealed class RequestTransparencyTestsInShadow() : RequestTransparencyTests(Place.InShadow);

public sealed class RequestTransparencyTestsInCanaryAtLegacy() : RequestTransparencyTests(Place.InCanaryAtLegacy);

public sealed class RequestTransparencyTestsInCanaryAtService() : RequestTransparencyTests(Place.InCanaryAtService);

public sealed class RequestTransparencyTestsInService() : RequestTransparencyTests(Place.InService);
