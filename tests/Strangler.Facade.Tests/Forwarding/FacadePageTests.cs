using System.Net;
using System.Net.Sockets;

namespace Strangler.Facade.Tests;

/// <summary>The answers that are the facade's own.</summary>
public abstract class FacadePageTests(Place place) : StagedTests(place)
{
    [Theory]
    [Transparency(68, 85)]
    [InlineData("text/html,application/xhtml+xml,*/*;q=0.8", "text/html; charset=utf-8", "<p>The application did not answer properly. Please try again.</p>")]
    [InlineData("application/json", "application/problem+json", """{"title":"The application did not answer properly. Please try again.","status":502}""")]
    [InlineData("text/html;q=0.2, application/json;q=0.7", "application/problem+json", "\"status\":502")]
    [InlineData("*/*", "text/plain; charset=utf-8", "The application did not answer properly. Please try again.")]
    public async Task An_owner_that_cannot_be_reached_is_told_in_the_form_that_the_client_accepts(string accept, string type, string text)
    {
        await using var facade = await InFrontOfAsync(FreeAddress());
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.TryAddWithoutValidation("Accept", accept);

        using var answer = await facade.Client.SendAsync(request);
        var body = await answer.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Equal("5", answer.Headers.RetryAfter!.ToString());
        Assert.Equal(type, answer.Content.Headers.ContentType!.ToString());
        Assert.Contains(text, body);
        Assert.DoesNotContain("127.0.0.1", body);
    }

    [Fact]
    [Transparency(85)]
    public async Task An_owner_that_stands_still_is_a_timeout()
    {
        var never = new TaskCompletionSource();
        await using var legacy = await Backend.StartAsync(_ => never.Task);
        await using var facade = await InFrontOfAsync(legacy.Address, "--Facade:IdleTimeout", "00:00:01", "--Facade:RetryAfter", "00:00:07.500");

        using var answer = await facade.Client.GetAsync("/");
        never.SetResult();

        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
        Assert.Equal("8", answer.Headers.RetryAfter!.ToString());
        Assert.Equal("The application took too long to answer. Please try again.\n", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    [Transparency(34, 86)]
    public async Task An_owners_own_error_passes_unchanged()
    {
        await using var legacy = RawServer.Saying("HTTP/1.1 502 Ours\r\nContent-Length: 6\r\nContent-Type: x/y\r\n\r\nlegacy");
        await using var facade = await InFrontOfAsync(legacy.Address);

        using var answer = await facade.Client.GetAsync("/");

        Assert.Equal("Ours", answer.ReasonPhrase);
        Assert.Null(answer.Headers.RetryAfter);
        Assert.Equal("legacy", await answer.Content.ReadAsStringAsync());
    }

    internal static Uri FreeAddress()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
    }
}

public sealed class FacadePageTestsInLegacy() : FacadePageTests(Place.InLegacy);

public sealed class FacadePageTestsInShadow() : FacadePageTests(Place.InShadow);

public sealed class FacadePageTestsInCanaryAtLegacy() : FacadePageTests(Place.InCanaryAtLegacy);

public sealed class FacadePageTestsInCanaryAtService() : FacadePageTests(Place.InCanaryAtService);

public sealed class FacadePageTestsInService() : FacadePageTests(Place.InService);
