using System.Security.Claims;
using Clinic.Legacy.Tests.Site;

namespace Clinic.Legacy.Tests;

public sealed class RemoteAuthenticationTests(RemoteAuthenticationTests.WithKey server) : IAsyncLifetime, IClassFixture<RemoteAuthenticationTests.WithKey>
{
    private const string Key = "6f1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9";
    private const string Path = "/systemweb-adapters/authenticate";
    private RunningLegacy legacy = null!;

    public async ValueTask InitializeAsync() => legacy = await server.StartAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData(Key)]
    [InlineData("6F1B2C3D4E5F60718293A4B5C6D7E8F9")]
    [InlineData("{6f1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9}")]
    public async Task Who_is_logged_in_is_told_as_a_principal(string key)
    {
        using var browser = await legacy.LoggedInAsync();

        var page = await AskAsync(browser, "%2Fperiodicos%2F", key);

        Assert.Equal((200, "application/octet-stream"), (page.Status, page.Header("Content-Type")));
        Assert.Empty(page.SetCookies);
        using var reader = new BinaryReader(new MemoryStream(page.Body));
        var principal = new ClaimsPrincipal(reader);
        var identity = Assert.Single(principal.Identities);
        Assert.Equal(("Forms", "maria"), (identity.AuthenticationType, identity.Name));
        Assert.Equal(["recepcao", "gestao"], principal.FindAll(ClaimTypes.Role).Select(role => role.Value));
        Assert.True(principal.IsInRole("gestao"));
        // The name that the layout shows.
        Assert.Equal("Maria das Dores Lima", principal.FindFirstValue(ClaimTypes.GivenName));
    }

    [Theory]
    [InlineData("/periodicos/?q=a%20b&q=%C3%A9")]
    [InlineData("/periodicos")]
    [InlineData("/clientes/absenteismo/graficos/cat/exportar/?de=01/05/2015")]
    [InlineData("/periodicos/?q=/systemweb-adapters/authenticate")]
    public async Task Who_is_not_gets_exactly_what_the_site_answers_there(string target)
    {
        using var anonymous = legacy.Anonymous();

        var direct = await anonymous.GetAsync(target);
        var asked = await AskAsync(anonymous, Uri.EscapeDataString(target));

        Assert.Equal(302, asked.Status);
        Assert.Equal((direct.Status, direct.HeaderText), (asked.Status, asked.HeaderText));
        Assert.Equal(direct.Body, asked.Body);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("00000000-0000-0000-0000-000000000000")]
    [InlineData("6f1b2c3d-4e5f-6071-8293-a4b5c6d7e8f8")]
    [InlineData("nonsense")]
    public async Task Without_the_key_the_question_is_bad(string? key)
    {
        using var browser = await legacy.LoggedInAsync();

        var page = await AskAsync(browser, "%2F", key);

        Assert.Equal(400, page.Status);
        Assert.Empty(page.Body);
    }

    [Fact]
    public async Task A_session_that_ended_is_nobody()
    {
        using var browser = await legacy.LoggedInAsync();
        var session = browser.Cookies["sessionid"];
        await browser.GetAsync("/logout/");
        browser.Cookies["sessionid"] = session;

        Assert.Equal(302, (await AskAsync(browser, "%2F")).Status);
    }

    [Theory]
    [InlineData("/periodicos/?q=a%2520b", "/periodicos/?q=a%20b")]
    [InlineData("%2Ffila%2F", "/fila/")]
    [InlineData("%2F", "/")]
    [InlineData("//evil.example/", null)]
    [InlineData("%2F%2Fevil.example", null)]
    [InlineData("/%5Cevil.example", null)]
    [InlineData("https://evil.example/", null)]
    [InlineData("%2F%0D%0ASet-Cookie:x", null)]
    [InlineData("%2F%09/evil.example", null)]
    [InlineData("/systemweb-adapters/authenticate?original-url=/", null)]
    [InlineData("/login/?next=%252Fsystemweb-adapters%25252Fauthenticate", null)]
    [InlineData("", null)]
    public async Task A_browser_on_its_way_back_goes_to_paths_of_this_site_only(string originalUrl, string? location)
    {
        using var anonymous = legacy.Anonymous();

        var page = await anonymous.GetAsync($"{Path}?original-url={originalUrl}");

        Assert.Equal((location is null ? 400 : 302, location), (page.Status, page.Header("Location")));
    }

    [Fact]
    public async Task Only_get_is_answered()
    {
        using var browser = await legacy.LoggedInAsync();

        Assert.Equal(405, (await browser.SendAsync(HttpMethod.Post, Path)).Status);
        Assert.Equal(405, (await browser.HeadAsync(Path)).Status);
    }

    [Fact]
    public async Task Without_a_key_in_the_settings_it_is_not_installed()
    {
        await using var without = await RunningLegacy.StartAsync();
        using var anonymous = without.Anonymous();

        var page = await AskAsync(anonymous, "%2F");

        Assert.Equal(404, page.Status);
        Assert.Contains("Página não encontrada (404)", page.Text, StringComparison.Ordinal);
    }

    private static Task<Page> AskAsync(Browser browser, string originalUrl, string? key = Key)
    {
        (string, string)[] headers = key is null ? [("x-migration-authenticate", "true")] : [("x-migration-authenticate", "true"), ("X-SystemWebAdapter-RemoteAppAuthentication-Key", key)];
        return browser.SendAsync(HttpMethod.Get, $"{Path}?original-url={originalUrl}", null, headers);
    }

    /// <summary>A monolith in which the module is installed.</summary>
    public sealed class WithKey : LegacyServer
    {
        protected override Task<RunningLegacy> StartNewAsync() => RunningLegacy.StartAsync(null, "--Legacy:RemoteAuthenticationKey", Key);
    }
}
