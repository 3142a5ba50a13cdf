namespace Strangler.Facade.Tests;

public sealed class ForwardedHeadersTests
{
    private const string Sent = "GET / HTTP/1.1\r\nHost: clinic:81\r\nX-Forwarded-For: 203.0.113.7\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Port: 443\r\nForwarded: for=203.0.113.7\r\n\r\n";

    [Theory]
    [Transparency(15)]
    [InlineData("none", true, "Forwarded: for=203.0.113.7|X-Forwarded-For: 203.0.113.7|X-Forwarded-Port: 443|X-Forwarded-Proto: https")]
    [InlineData("none", false, "")]
    [InlineData("append", true, "Forwarded: for=203.0.113.7|X-Forwarded-For: 203.0.113.7, 127.0.0.1|X-Forwarded-Host: clinic:81|X-Forwarded-Port: 443|X-Forwarded-Proto: https")]
    [InlineData("append", false, "X-Forwarded-For: 127.0.0.1|X-Forwarded-Host: clinic:81|X-Forwarded-Proto: http")]
    [InlineData("set", true, "X-Forwarded-For: 127.0.0.1|X-Forwarded-Host: clinic:81|X-Forwarded-Proto: http")]
    [InlineData("set", false, "X-Forwarded-For: 127.0.0.1|X-Forwarded-Host: clinic:81|X-Forwarded-Proto: http")]
    public async Task The_chain_of_a_trusted_peer_passes_and_the_policy_adds_this_hop(string policy, bool trusted, string expected)
    {
        await using var legacy = RawServer.Saying(RawServer.Ok());
        var routes = $$"""{ "legacy": { "address": "{{legacy.Address.GetLeftPart(UriPartial.Authority)}}", "forwarded": "{{policy}}" }, "routes": [ {{Tables.EverythingElse}} ] }""";
        await using var facade = await RunningFacade.StartAsync(System.Text.Encoding.UTF8.GetBytes(routes), trusted ? [] : ["--Facade:TrustedPeers:0", "10.0.0.0/8"]);

        await RawWire.ExchangeAsync(facade.Public, Sent);

        var headers = RawWire.Headers(Assert.Single(legacy.Requests)).Where(header => !header.StartsWith("Host", StringComparison.Ordinal));
        Assert.Equal(expected, string.Join('|', headers.Order(StringComparer.Ordinal)));
    }

    [Fact]
    [Transparency(15, 37)]
    public async Task Nothing_is_added_by_default()
    {
        await using var legacy = RawServer.Saying(RawServer.Ok());
        await using var facade = await RunningFacade.InFrontOfAsync(legacy.Address);

        await RawWire.ExchangeAsync(facade.Public, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");

        Assert.Equal("GET / HTTP/1.1\r\nHost: h\r\n\r\n", Assert.Single(legacy.Requests));
    }
}
