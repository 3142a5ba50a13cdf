using Clinic.Legacy.Tests.Site;

namespace Clinic.Legacy.Tests;

public abstract class LoginTests(LegacyServer server) : Characterization(server)
{
    [Theory]
    [InlineData("/periodicos/?q=a%20b&empresa=3", "/login/?next=%2Fperiodicos%2F%3Fq%3Da%2520b%26empresa%3D3")]
    [InlineData("/periodicos", "/login/?next=%2Fperiodicos")]
    [InlineData("/nao-existe/", "/login/?next=%2Fnao-existe%2F")]
    [InlineData("/", "/login/?next=%2F")]
    public async Task Who_is_not_logged_in_is_sent_to_the_login_before_anything_else(string path, string location)
    {
        using var anonymous = Legacy.Anonymous();

        var page = await anonymous.GetAsync(path);

        Assert.Equal(302, page.Status);
        Assert.Equal(
            $"""
             Cache-Control: private, max-age=0
             Content-Language: pt-br
             Content-Length: 0
             Content-Type: text/html; charset=utf-8
             Location: {location}
             Vary: Accept-Language, Cookie
             X-Frame-Options: SAMEORIGIN
             """, page.HeaderText);
        Assert.Empty(page.Body);
    }

    [Fact]
    public async Task Login_form_sets_its_token_and_nothing_else()
    {
        using var anonymous = Legacy.Anonymous();

        var page = await anonymous.GetAsync("/login/?next=/fila/");

        Assert.Equal(200, page.Status);
        Assert.Matches(@"^csrftoken=[a-z0-9]{32}; expires=Mon, 25-Jul-2016 01:30:00 GMT; Max-Age=31449600; Path=/$", Assert.Single(page.SetCookies));
        Assert.Equal(anonymous.Cookies["csrftoken"], page.Field("csrfmiddlewaretoken"));
        Assert.Equal("/fila/", page.Field("next"));
        Assert.Empty((await anonymous.GetAsync("/login/")).SetCookies);
    }

    [Fact]
    public async Task Session_cookie_has_the_flags_of_its_age()
    {
        using var anonymous = Legacy.Anonymous();

        var page = await anonymous.LogInAsync("maria", next: "/periodicos/?dias=1&q=%C3%A9");

        Assert.Equal(302, page.Status);
        Assert.Equal("/periodicos/?dias=1&q=%C3%A9", page.Header("Location"));
        Assert.Matches(@"^sessionid=[a-z0-9]{32}; expires=Mon, 10-Aug-2015 01:30:00 GMT; httponly; Max-Age=1209600; Path=/$", Assert.Single(page.SetCookies));
    }

    [Theory]
    [InlineData("", "/")]
    [InlineData("//evil.example/", "/")]
    [InlineData("/\\evil.example/", "/")]
    [InlineData("https://evil.example/", "/")]
    [InlineData("/a\r\nSet-Cookie: x=y", "/")]
    [InlineData("/pacientes/?q=João", "/pacientes/?q=Jo%C3%A3o")]
    public async Task Login_leads_on_to_paths_of_this_site_only(string next, string location)
    {
        using var anonymous = Legacy.Anonymous();

        Assert.Equal(location, (await anonymous.LogInAsync("maria", next: next)).Header("Location"));
    }

    [Theory]
    [InlineData("maria", "errada")]
    [InlineData("ninguem", "senha123")]
    [InlineData("demitido", "senha123")]
    [InlineData("' or 1=1 --", "x")]
    public async Task Wrong_login_shows_the_form_again_with_one_and_the_same_error(string user, string password)
    {
        using var anonymous = Legacy.Anonymous();

        var page = await anonymous.LogInAsync(user, password, "/fila/");

        Assert.Equal(200, page.Status);
        Assert.Equal("Usuário ou senha inválidos.", page.Error);
        Assert.Equal("/fila/", page.Field("next"));
        Assert.DoesNotContain("sessionid", anonymous.Cookies.Keys);
    }

    [Fact]
    public async Task A_form_without_its_token_is_forbidden()
    {
        using var anonymous = Legacy.Anonymous();
        await anonymous.GetAsync("/login/");
        anonymous.Cookies["csrftoken"] = new string('0', 32);

        var wrong = await anonymous.SendAsync(HttpMethod.Post, "/login/", new FormUrlEncodedContent([new("csrfmiddlewaretoken", new string('1', 32)), new("username", "maria"), new("password", "senha123")]));
        var missing = await Browser.SendAsync(HttpMethod.Post, "/fila/sair/", new FormUrlEncodedContent([new("paciente", "1")]));

        Assert.Equal(403, wrong.Status);
        Assert.Equal(403, missing.Status);
        Assert.Contains("Verificação CSRF falhou", missing.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_that_nobody_can_read_is_a_bad_request_with_a_page()
    {
        using var anonymous = Legacy.Anonymous();

        var page = await anonymous.LogInAsync("mar\0ia");

        Assert.Equal(400, page.Status);
        Assert.Contains("<h1>Pedido inválido (400)</h1>", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logging_in_again_ends_the_session_before()
    {
        using var browser = await Legacy.LoggedInAsync();
        var before = browser.Cookies["sessionid"];
        await browser.LogInAsync("otavio");
        using var thief = Legacy.Anonymous();
        thief.Cookies["sessionid"] = before;

        Assert.NotEqual(before, browser.Cookies["sessionid"]);
        Assert.Equal(302, (await thief.GetAsync("/")).Status);
        Assert.Equal(200, (await browser.GetAsync("/")).Status);
    }

    [Fact]
    public async Task Logout_is_a_plain_link_and_ends_the_session_on_the_server()
    {
        using var browser = await Legacy.LoggedInAsync();
        var session = browser.Cookies["sessionid"];

        var page = await browser.GetAsync("/logout/");
        browser.Cookies["sessionid"] = session;

        Assert.Equal(302, page.Status);
        Assert.Equal("/login/", page.Header("Location"));
        Assert.Equal("sessionid=; expires=Thu, 01-Jan-1970 00:00:00 GMT; Max-Age=0; Path=/", Assert.Single(page.SetCookies));
        Assert.Equal(302, (await browser.GetAsync("/")).Status);
    }

    [Fact]
    public async Task Layout_shows_the_full_name_escaped_and_page_reads_set_no_cookie()
    {
        using var browser = await Legacy.LoggedInAsync("otavio");

        var page = await browser.GetAsync("/");

        Assert.Contains(
            "<p id=\"usuario\">Usuário: <strong>Otávio Conceição &lt;médico&gt;</strong> | <a href=\"/logout/\">sair</a></p>\n", page.Text, StringComparison.Ordinal);
        Assert.Empty(page.SetCookies);
    }

    public sealed class Sqlite(OnSqlite server) : LoginTests(server), IClassFixture<OnSqlite>
    {
        [Fact]
        public async Task Session_ends_after_two_weeks_however_much_it_is_used()
        {
            await using var legacy = await RunningLegacy.StartAsync();
            using var browser = await legacy.LoggedInAsync();

            legacy.Clock.Now += TimeSpan.FromDays(13);
            Assert.Equal(200, (await browser.GetAsync("/")).Status);
            legacy.Clock.Now += TimeSpan.FromDays(2);

            Assert.Equal(302, (await browser.GetAsync("/")).Status);
        }
    }

    public sealed class Postgres(OnPostgres server) : LoginTests(server), IClassFixture<OnPostgres>;
}
