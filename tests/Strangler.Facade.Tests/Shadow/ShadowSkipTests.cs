using Microsoft.AspNetCore.Http;

namespace Strangler.Facade.Tests;

/// <summary>What is not copied, and what copies do not carry.</summary>
public sealed class ShadowSkipTests : IAsyncLifetime
{
    private readonly RawServer service = RawServer.Saying(RawServer.Ok());
    private readonly RawServer legacy = new(Answer);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await service.DisposeAsync();
        await legacy.DisposeAsync();
    }

    [Theory]
    [InlineData("GET /orders/logout HTTP/1.1", "excluded")]
    [InlineData("GET /Orders/./LOGOUT/?x HTTP/1.1", "excluded")]
    [InlineData("GET /orders/%6Cogout HTTP/1.1", "excluded")]
    [InlineData("GET /orders/7/cancel HTTP/1.1", "excluded")]
    [InlineData("GET /orders/7%2Fcancel HTTP/1.1", "excluded")]
    [InlineData("GET /orders/7%5Ccancel HTTP/1.1", "excluded")]
    [InlineData("GET http://shop/orders/x/../logout HTTP/1.1", "excluded")]
    [InlineData("GET /orders/1 HTTP/1.1\r\nX-Strangler-Shadow: 1", "loop")]
    [InlineData("GET /orders/1 HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket", "upgrade")]
    [InlineData("GET /orders/1 HTTP/1.1\r\nContent-Length: 2", "request_body", "hi")]
    [InlineData("GET /orders/1?access_token=abc HTTP/1.1", "credentials_in_url")]
    [InlineData("GET /orders/1;jsessionid=abc HTTP/1.1", "credentials_in_url")]
    [InlineData("GET /orders/(S(abc))/1 HTTP/1.1", "credentials_in_url")]
    [InlineData("GET /orders/not-modified HTTP/1.1", "not_modified")]
    [InlineData("GET /orders/created HTTP/1.1", "wrote")]
    [InlineData("GET /orders/takes-cookie HTTP/1.1", "wrote")]
    [InlineData("GET /orders/ends-cookie HTTP/1.1", "wrote")]
    public async Task It_is_answered_by_legacy_and_not_copied(string request, string reason, string body = "")
    {
        await using var run = await ShadowRun.StartAsync(legacy.Address, service.Address, """{ "exclude": ["/orders/logout", "/orders/{id}/cancel"] }""");

        await RawWire.ExchangeAsync(run.Facade.Public, $"{request}\r\nHost: shop\r\n\r\n{body}");

        var counts = await run.SettledAsync(1);
        Assert.Equal(KeyValuePair.Create(reason, 1L), Assert.Single(counts.Skipped));
        Assert.Single(legacy.Requests);
        Assert.Empty(service.Requests);
    }

    [Fact]
    public async Task An_event_stream_is_not_copied()
    {
        await using var run = await ShadowRun.StartAsync(
            context =>
            {
                context.Response.ContentType = "text/event-stream";
                return context.Response.WriteAsync("data: 1\n\n");
            },
            context => context.Response.WriteAsync("x"));

        (await run.Facade.Client.GetAsync("/orders/1", TestContext.Current.CancellationToken)).Dispose();

        Assert.Equal(1, (await run.SettledAsync(1)).Skipped["stream"]);
    }

    [Theory]
    [Transparency(70)]
    [InlineData("""{ "noise": 0 }""", "Accept: a", "Accept-Language: pt", "Host: shop", "User-Agent: u", "X-Strangler-Shadow: 1")]
    [InlineData("""{ "noise": 0, "headers": ["x-tenant"] }""", "Accept: a", "Accept-Language: pt", "Host: shop", "User-Agent: u", "X-Strangler-Shadow: 1", "X-Tenant: t")]
    [InlineData("""{ "noise": 0, "credentials": "pass" }""", "Accept: a", "Accept-Language: pt", "Authorization: Basic x", "Cookie: s=1", "Host: shop", "User-Agent: u", "X-Api-Key: k", "X-Client-Cert: c", "X-Strangler-Shadow: 1", "X-Tenant: t")]
    public async Task A_copy_carries_no_credentials_unless_the_route_lets_it(string shadow, params string[] headers)
    {
        await using var run = await ShadowRun.StartAsync(legacy.Address, service.Address, shadow);

        await RawWire.ExchangeAsync(run.Facade.Public, "GET /orders/1 HTTP/1.1\r\nHost: shop\r\nAccept: a\r\nAccept-Language: pt\r\nAuthorization: Basic x\r\nCookie: s=1\r\nIf-None-Match: \"1\"\r\nUser-Agent: u\r\nX-Api-Key: k\r\nX-Client-Cert: c\r\nX-Tenant: t\r\nX-Strangler-Identity: forged\r\n\r\n");
        await run.SettledAsync(1);

        Assert.Equal(headers.Order(StringComparer.Ordinal), RawWire.Headers(Assert.Single(service.Requests)).Order(StringComparer.Ordinal));
        // Legacy has everything, as in stage legacy.
        Assert.Contains("Cookie: s=1\r\n", Assert.Single(legacy.Requests));
    }

    [Fact]
    public async Task A_service_that_writes_on_GET_is_warned_of()
    {
        await using var service = RawServer.Saying("HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok");
        await using var run = await ShadowRun.StartAsync(legacy.Address, service.Address);

        await RawWire.ExchangeAsync(run.Facade.Public, "GET /orders/1 HTTP/1.1\r\nHost: shop\r\n\r\n");
        await RawWire.ExchangeAsync(run.Facade.Public, "GET /orders/created HTTP/1.1\r\nHost: shop\r\n\r\n");
        await run.SettledAsync(2);

        Assert.Equal((1, 1), (run.Shadow.Warnings.ServiceWrote, run.Shadow.Warnings.LegacyWrote));
    }

    private static string Answer(string request) => request.Split(' ')[1] switch
    {
        "/orders/not-modified" => "HTTP/1.1 304 Not Modified\r\n\r\n",
        "/orders/created" => "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n",
        "/orders/takes-cookie" => "HTTP/1.1 200 OK\r\nSet-Cookie: s=; expires=Thu, 01 Jan 1970 00:00:00 GMT\r\nContent-Length: 0\r\n\r\n",
        "/orders/ends-cookie" => "HTTP/1.1 200 OK\r\nSet-Cookie: s=; Max-Age=0\r\nContent-Length: 0\r\n\r\n",
        _ => RawServer.Ok(),
    };
}
