using Microsoft.AspNetCore.Http;

namespace Strangler.Facade.Tests;

/// <summary>Clients of every age, and what HTTP/1.1 does between a request and its answer.</summary>
public abstract class ConnectionTests(Place place) : StagedTests(place)
{
    [Theory]
    [Transparency(59)]
    [InlineData("GET / HTTP/1.0\r\nHost: h\r\n\r\n", "close")]
    [InlineData("GET / HTTP/1.0\r\nHost: h\r\nConnection: keep-alive\r\n\r\n", "keep-alive")]
    [InlineData("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", "close")]
    [InlineData("GET / HTTP/1.1\r\nHost: h\r\n\r\n", null)]
    public async Task The_client_decides_whether_its_connection_stays(string request, string? connection)
    {
        await using var owner = RawServer.Saying(RawServer.Ok());
        await using var facade = await InFrontOfAsync(owner.Address);

        var answer = await RawWire.ExchangeAsync(facade.Public, request);

        Assert.Equal(("ok", connection), (RawWire.Body(answer), RawWire.Header(answer, "Connection")));
        Assert.Equal("GET / HTTP/1.1\r\nHost: h\r\n\r\n", Assert.Single(owner.Requests));
    }

    [Fact]
    [Transparency(59)]
    public async Task A_client_of_HTTP_1_0_gets_a_chunked_answer_as_plain_bytes_until_the_end()
    {
        await using var owner = RawServer.Saying("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n");
        await using var facade = await InFrontOfAsync(owner.Address);

        var answer = await RawWire.ExchangeAsync(facade.Public, "GET / HTTP/1.0\r\nHost: h\r\n\r\n");

        Assert.Equal(("hi", null), (RawWire.Body(answer), RawWire.Header(answer, "Transfer-Encoding")));
    }

    [Theory]
    [Transparency(14, 59, 68)]
    [InlineData("GET / HTTP/1.0\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost:\r\n\r\n")]
    public async Task Where_no_host_is_named_the_owner_sees_the_facades_address_and_not_its_own(string request)
    {
        await using var owner = RawServer.Saying(RawServer.Ok());
        await using var facade = await InFrontOfAsync(owner.Address);

        await RawWire.ExchangeAsync(facade.Public, request);

        Assert.Equal(facade.Public.Authority, RawWire.Header(Assert.Single(owner.Requests), "Host"));
    }

    [Theory]
    [Transparency(52)]
    [InlineData("HTTP/1.1 102 Processing\r\n\r\n")]
    [InlineData("HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\n")]
    public async Task Interim_answers_that_nobody_waits_for_are_dropped_and_the_answer_passes(string interim)
    {
        await using var owner = RawServer.Saying(interim + RawServer.Ok());
        await using var facade = await InFrontOfAsync(owner.Address);

        var answer = await RawWire.ExchangeAsync(facade.Public, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer);
        Assert.Null(RawWire.Header(answer, "Link"));
        Assert.Equal("ok", RawWire.Body(answer));
    }

    [Fact]
    [Transparency(47)]
    public async Task Trailers_are_dropped_over_HTTP_1_in_both_directions()
    {
        await using var owner = RawServer.Saying("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-Sum: 7\r\n\r\n");
        await using var facade = await InFrontOfAsync(owner.Address);

        var answer = await RawWire.ExchangeAsync(facade.Public, "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-Sum: 7\r\n\r\n");

        Assert.EndsWith("\r\n\r\n2\r\nhi\r\n0\r\n\r\n", answer);
        Assert.EndsWith("\r\n\r\n2\r\nhi\r\n0\r\n\r\n", Assert.Single(owner.Requests));
    }

    [Theory]
    [Transparency(5)]
    [InlineData("/caf\u00e9")]
    [InlineData("/a%00b")]
    public async Task A_target_that_Kestrel_cannot_read_is_refused(string target)
    {
        await using var owner = RawServer.Saying(RawServer.Ok());
        await using var facade = await InFrontOfAsync(owner.Address);

        var answer = await RawWire.ExchangeAsync(facade.Public, $"GET {target} HTTP/1.1\r\nHost: h\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 400 ", answer);
        Assert.Empty(owner.Requests);
    }

    [Fact]
    [Transparency(48)]
    public async Task An_answer_given_before_the_body_was_complete_arrives_when_it_is()
    {
        // System.Net.Http looks for an answer when it has sent the body.
        await using var owner = await Backend.StartAsync(context =>
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return context.Response.WriteAsync("no");
        });
        await using var facade = await InFrontOfAsync(owner.Address);

        var answer = await RawWire.ExchangeAsync(facade.Public, $"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n{new string('x', 1_000_000)}");

        Assert.StartsWith("HTTP/1.1 403 ", answer);
        Assert.Contains("no", RawWire.Body(answer));
    }

    [Fact]
    [Transparency(45, 67)]
    public async Task No_rate_of_bytes_is_asked_of_a_slow_client()
    {
        await using var owner = RawServer.Saying(RawServer.Ok());
        await using var facade = await InFrontOfAsync(owner.Address);

        var limits = Microsoft.Extensions.DependencyInjection.ServiceProviderServiceExtensions
            .GetRequiredService<Microsoft.Extensions.Options.IOptions<Microsoft.AspNetCore.Server.Kestrel.Core.KestrelServerOptions>>(facade.Services).Value.Limits;

        Assert.Null(limits.MinRequestBodyDataRate);
        Assert.Null(limits.MinResponseDataRate);
        Assert.Null(limits.MaxRequestBodySize);
    }
}

public sealed class ConnectionTestsInLegacy() : ConnectionTests(Place.InLegacy);

public sealed class ConnectionTestsInShadow() : ConnectionTests(Place.InShadow);

public sealed class ConnectionTestsInCanaryAtLegacy() : ConnectionTests(Place.InCanaryAtLegacy);

public sealed class ConnectionTestsInCanaryAtService() : ConnectionTests(Place.InCanaryAtService);

public sealed class ConnectionTestsInService() : ConnectionTests(Place.InService);
