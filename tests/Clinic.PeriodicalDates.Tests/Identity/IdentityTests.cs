using System.Net;
using System.Security.Claims;
using Clinic.PeriodicalDates.Tests.Running;
using Strangler.Identity;
using Strangler.Tests.Servers;

namespace Clinic.PeriodicalDates.Tests.Identity;

/// <summary>Nothing is told to anybody whom the facade did not send, whatever they ask for and however.</summary>
public sealed class IdentityTests(OnSqlite running) : IClassFixture<OnSqlite>
{
    private readonly RunningService service = running.Service;

    [Theory]
    [InlineData("GET", "/periodicos/")]
    [InlineData("HEAD", "/periodicos/")]
    [InlineData("GET", "/periodicos/vencendo/?dias=30")]
    [InlineData("GET", "/periodicos/exportar/")]
    [InlineData("GET", "/periodicos")]
    [InlineData("GET", "/periodicos/nada/")]
    [InlineData("POST", "/periodicos/")]
    [InlineData("GET", "/api/periodical-dates")]
    [InlineData("GET", "/api/periodical-dates?page=x")]
    [InlineData("POST", "/api/periodical-dates")]
    [InlineData("GET", "/")]
    public async Task Call_without_identity_is_refused(string method, string url)
    {
        using var response = await service.Stranger.SendAsync(new(new(method), url));

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.DoesNotContain("SISMED", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Identity_for_another_service_is_refused() =>
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(service.TokenFor("absenteeism")));

    [Fact]
    public async Task Identity_signed_by_somebody_else_is_refused()
    {
        await using var folder = new TemporaryFolder();
        var files = IdentityKeys.CreateFiles(folder.Path);
        using var forger = new IdentityIssuer(IdentityKeys.ReadPrivate(files.PrivateKey), TimeProvider.System);
        var forged = forger.Issue(new(new ClaimsIdentity([new(ClaimTypes.Name, "maria")], "Forms")), PeriodicalDatesHost.Name);

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(forged));
    }

    [Fact]
    public async Task Identity_that_was_tampered_with_is_refused()
    {
        var parts = service.TokenFor(PeriodicalDatesHost.Name).Split('.');

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(string.Join('.', parts)));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync($"{parts[0]}.{parts[1]}."));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync($"{parts[0]}.{parts[1][..^4]}AAAA.{parts[2]}"));
    }

    [Theory]
    [InlineData("/health")]
    [InlineData("/openapi/v1.json")]
    public async Task Health_and_description_are_open(string url)
    {
        // Until its consumer has subscribed, a service says that it is not healthy yet.
        await Wait.UntilAsync(
            async () =>
            {
                using var response = await service.Stranger.GetAsync(url);
                Assert.True(response.StatusCode is HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable, $"{response.StatusCode}");
                return response.StatusCode == HttpStatusCode.OK;
            },
            $"{url} is answered");
    }

    private async Task<HttpStatusCode> StatusAsync(string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/periodicos/");
        request.Headers.TryAddWithoutValidation(StranglerIdentity.HeaderName, token);
        using var response = await service.Stranger.SendAsync(request);
        return response.StatusCode;
    }
}
