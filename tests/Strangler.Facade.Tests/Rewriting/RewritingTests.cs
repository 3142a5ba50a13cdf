using System.Globalization;

namespace Strangler.Facade.Tests;

/// <summary>What an owner says about where it is leads users to the public address when its entry asks for that, and stays as it is when not.</summary>
public abstract class RewritingTests(Place place) : StagedTests(place)
{
    private const string Locations = """, "rewrite": { "locations": true, "names": ["app.internal", "old.internal:81", "*.farm.internal"] }""";
    private const string Http = "Host: clinic.example:8080";
    private const string Https = "Host: clinic.example\r\nX-Forwarded-Proto: https";

    [Theory]
    [Transparency(30)]
    [InlineData("Location: http://127.0.0.1:OWNER/a/../b%2F?x=http://app.internal/#y", "Location: http://clinic.example:8080/a/../b%2F?x=http://app.internal/#y")]
    [InlineData("Location: HTTPS://127.0.0.1:OWNER", "Location: http://clinic.example:8080")]
    [InlineData("Location: //127.0.0.1:OWNER/x", "Location: //clinic.example:8080/x")]
    [InlineData("Location: http://app.internal/login", "Location: http://clinic.example:8080/login")]
    [InlineData("Location: https://APP.internal:8443?x", "Location: http://clinic.example:8080?x")]
    [InlineData("Location: http://old.internal:81/", "Location: http://clinic.example:8080/")]
    [InlineData("Location: http://n1.farm.internal:8080/#top", "Location: http://clinic.example:8080/#top")]
    [InlineData("Location: http://clinic.example:OWNER/dir/", "Location: http://clinic.example:8080/dir/")]
    [InlineData("Content-Location: http://app.internal/orders/7", "Content-Location: http://clinic.example:8080/orders/7")]
    [InlineData("Refresh: 5; url=http://app.internal/x", "Refresh: 5; url=http://clinic.example:8080/x")]
    [InlineData("Refresh: 0;URL='http://app.internal/x'", "Refresh: 0;URL='http://clinic.example:8080/x'")]
    [InlineData("Link: <http://app.internal/2>; rel=\"next\", </3>; rel=\"x\", <http://app.internal/9>; rel=\"last\"", "Link: <http://clinic.example:8080/2>; rel=\"next\", </3>; rel=\"x\", <http://clinic.example:8080/9>; rel=\"last\"")]
    public async Task Absolute_urls_of_the_owner_lead_to_the_public_address(string sent, string expected) =>
        Assert.Equal(expected, await AnswerAsync(Locations, Http, sent));

    [Theory]
    [Transparency(30)]
    [InlineData("Location: /dir/")]
    [InlineData("Location: ../x?next=http://app.internal/")]
    [InlineData("Location: #http://app.internal/")]
    [InlineData("Location: http://elsewhere.example/")]
    [InlineData("Location: http://127.0.0.1:1/")]
    [InlineData("Location: http://old.internal:82/")]
    [InlineData("Location: http://farm.internal/")]
    [InlineData("Location: http://app.internal.elsewhere.example/")]
    [InlineData("Location: http://app.internal@elsewhere.example/")]
    [InlineData("Location: http://clinic.example:8081/")]
    [InlineData("Location: http://")]
    [InlineData("Location: mailto:x@app.internal")]
    [InlineData("Refresh: 5")]
    [InlineData("Refresh: 5; url=/x")]
    [InlineData("Link: <http://elsewhere.example/a.css>; rel=preload")]
    [InlineData("Link: <http://app.internal/")]
    [InlineData("X-Back: http://app.internal/")]
    public async Task Relative_ones_and_those_of_others_stay(string sent) =>
        Assert.Equal(sent, await AnswerAsync(Locations, Http, sent));

    [Theory]
    [Transparency(30)]
    [InlineData("Location: http://clinic.example/login", "Location: https://clinic.example/login")]
    [InlineData("Location: http://clinic.example:80/login", "Location: https://clinic.example/login")]
    [InlineData("Location: https://app.internal/login", "Location: https://clinic.example/login")]
    [InlineData("Location: https://clinic.example/login", "Location: https://clinic.example/login")]
    public async Task An_owner_that_does_not_know_of_https_is_led_there(string sent, string expected) =>
        Assert.Equal(expected, await AnswerAsync(Locations, Https, sent));

    [Theory]
    [Transparency(29)]
    [InlineData("\"domain\": \"remove\"", Http, "a=1; Domain=app.internal; Path=/x; HttpOnly", "a=1; Path=/x; HttpOnly")]
    [InlineData("\"domain\": \"clinic.example\"", Http, "a=1; Domain=.internal; Path=/x", "a=1; Domain=clinic.example; Path=/x")]
    [InlineData("\"domain\": \"remove\"", Http, "a=1; domain=.example; Path=/x", "a=1; domain=.example; Path=/x")]
    [InlineData("\"domain\": \"remove\"", Http, "a=1; domain=clinic.example", "a=1; domain=clinic.example")]
    [InlineData("\"domain\": \"remove\"", Http, "a=1; domain=nic.example", "a=1")]
    [InlineData("\"path\": \"/\"", Http, "a=\"b; Path=/x;expires=Mon, 01-Jan-2035 00:00:00 GMT", "a=\"b; Path=/;expires=Mon, 01-Jan-2035 00:00:00 GMT")]
    [InlineData("\"path\": \"/\"", Http, "a=1; HttpOnly", "a=1; HttpOnly; Path=/")]
    [InlineData("\"secure\": \"add\"", Http, "a=1; Path=/", "a=1; Path=/; Secure")]
    [InlineData("\"secure\": \"add\"", Http, "a=1; secure; Path=/", "a=1; secure; Path=/")]
    [InlineData("\"secure\": \"remove\"", Https, "a=1; Secure; Path=/", "a=1; Path=/")]
    [InlineData("\"secure\": \"public\"", Http, "a=1; Secure; Path=/", "a=1; Path=/")]
    [InlineData("\"secure\": \"public\"", Https, "a=1; Path=/", "a=1; Path=/; Secure")]
    [InlineData("\"sameSite\": \"Lax\"", Http, "a=1; samesite=none; Secure", "a=1; SameSite=Lax; Secure")]
    [InlineData("\"sameSite\": \"Lax\"", Http, "a=SameSite=None", "a=SameSite=None; SameSite=Lax")]
    [InlineData("\"sameSite\": \"remove\"", Http, "a=1; SameSite=Strict; x=y", "a=1; x=y")]
    public async Task Attributes_of_cookies_become_what_the_rule_says_and_everything_else_stays(string rule, string client, string sent, string expected) =>
        Assert.Equal($"Set-Cookie: {expected}", await AnswerAsync($$""", "rewrite": { "cookies": { {{rule}} } }""", client, $"Set-Cookie: {sent}"));

    [Fact]
    [Transparency(28, 29)]
    public async Task Each_of_several_cookies_is_rewritten_by_itself()
    {
        const string Sent = "Set-Cookie: a=1; Path=/x\r\nSet-Cookie: b=2\r\nSet-Cookie: a=3; path=/";

        var answer = await AnswerAsync(""", "rewrite": { "cookies": { "path": "/y" } }""", Http, Sent);

        Assert.Equal("Set-Cookie: a=1; Path=/y\r\nSet-Cookie: b=2; Path=/y\r\nSet-Cookie: a=3; Path=/y", answer);
    }

    [Theory]
    [Transparency(29, 30)]
    [InlineData("Location: http://127.0.0.1:8082/x")]
    [InlineData("Location: http://clinic.example/x")]
    [InlineData("Set-Cookie: a=1; Domain=app.internal; Secure; SameSite=None; Path=/x")]
    public async Task Without_a_rule_everything_stays(string sent) =>
        Assert.Equal(sent, await AnswerAsync("", Https, sent));

    /// <summary>The headers that a client gets when the owner sends those; OWNER is the owner's port.</summary>
    private async Task<string> AnswerAsync(string rule, string client, string headers)
    {
        await using var owner = new RawServer(request => $"HTTP/1.1 201 Created\r\n{RawWire.Body(request)}\r\nContent-Length: 0\r\n\r\n");
        await using var facade = await WithAsync(owner.Address, "", rule);
        headers = headers.Replace("OWNER", owner.Address.Port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

        var answer = await RawWire.ExchangeAsync(facade.Public, $"POST / HTTP/1.1\r\n{client}\r\nContent-Length: {headers.Length}\r\n\r\n{headers}");

        return string.Join("\r\n", RawWire.Headers(answer).Where(header => !header.StartsWith("Date:", StringComparison.Ordinal) && header != "Content-Length: 0"));
    }
}

public sealed class RewritingTestsInLegacy() : RewritingTests(Place.InLegacy);

public sealed class RewritingTestsInShadow() : RewritingTests(Place.InShadow);

public sealed class RewritingTestsInCanaryAtLegacy() : RewritingTests(Place.InCanaryAtLegacy);

public sealed class RewritingTestsInCanaryAtService() : RewritingTests(Place.InCanaryAtService);

public sealed class RewritingTestsInService() : RewritingTests(Place.InService);
