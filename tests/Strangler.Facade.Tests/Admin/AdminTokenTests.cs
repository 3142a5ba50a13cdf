using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.Options;

namespace Strangler.Facade.Tests;

public sealed class AdminTokenTests : IDisposable
{
    private const string Token = "0123456789abcdef-secret";
    private readonly string folder = Directory.CreateTempSubdirectory("token-").FullName;

    public AdminTokenTests()
    {
        File.WriteAllBytes(Path.Combine(folder, "routes.json"), Tables.File(""));
        File.WriteAllText(TokenFile, $"  {Token}\n");
    }

    private string TokenFile => Path.Combine(folder, "token");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [Transparency(69)]
    [InlineData("http://0.0.0.0:0")]
    [InlineData("http://127.0.0.1:0")]
    public async Task Nothing_is_said_without_the_token(string admin)
    {
        await using var facade = await RunningFacade.StartAsync(folder, false, "--Facade:Admin", admin, "--Facade:AdminToken", TokenFile);
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{facade.Admin.BaseAddress!.Port}") };

        foreach (var path in new[] { "/status", "/explain?url=/", "/history", "/gates?route=x", "/mismatches?route=x", "/health", "/nothing" })
        {
            foreach (var wrong in new[] { null, "Bearer", $"Bearer {Token[..^1]}", $"Bearer {Token}x", $"Basic {Token}", "Bearer ", $"Bearer {Token.ToUpperInvariant()}" })
            {
                client.DefaultRequestHeaders.Remove("Authorization");
                if (wrong is not null) client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", wrong);
                using var answer = await client.GetAsync(path);
                var text = await answer.Content.ReadAsStringAsync();
                Assert.Equal((HttpStatusCode.Unauthorized, "Bearer"), (answer.StatusCode, answer.Headers.WwwAuthenticate.ToString()));
                Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
            }
        }

        using var announcement = await client.PostAsync("/announcements", new StringContent("{}"));
        Assert.Equal(HttpStatusCode.Unauthorized, announcement.StatusCode);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        Assert.Contains("\"revision\":1", await client.GetStringAsync("/status"), StringComparison.Ordinal);
    }

    [Fact]
    public void An_address_that_others_can_reach_needs_a_token()
    {
        foreach (var address in new[] { "http://0.0.0.0:8081", "http://[::]:8081", "http://10.0.0.5:8081" })
        {
            var refused = Assert.Throws<OptionsValidationException>(() => RunningFacade.Create(folder, "--Facade:Admin", address));
            Assert.Equal(
                $"Facade:Admin '{address}' can be reached from other machines, and no token is asked for. Write http://127.0.0.1:8081, or give a file with a token: Facade:AdminToken.",
                Assert.Single(refused.Failures));
        }
    }

    [Theory]
    [InlineData("short", "holds no token of 16 to 512 visible ASCII characters")]
    [InlineData("two words that are long", "holds no token of 16 to 512 visible ASCII characters")]
    [InlineData(null, "cannot be read: Could not find file '{0}'")]
    public void A_token_that_is_none_keeps_the_facade_from_starting_and_is_not_shown(string? token, string problem)
    {
        if (token is null) File.Delete(TokenFile);
        else File.WriteAllText(TokenFile, token);

        var refused = Assert.Throws<OptionsValidationException>(() => RunningFacade.Create(folder, "--Facade:AdminToken", TokenFile));

        Assert.Equal($"Facade:AdminToken '{TokenFile}' {string.Format(null, problem, TokenFile)}. Make one, e.g. openssl rand -hex 32 > {TokenFile}.", Assert.Single(refused.Failures));
    }
}
