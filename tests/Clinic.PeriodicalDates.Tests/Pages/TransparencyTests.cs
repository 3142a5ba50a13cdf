using System.Net;
using System.Text;
using Clinic.PeriodicalDates.Tests.Running;

namespace Clinic.PeriodicalDates.Tests.Pages;

/// <summary>The small print of the old site: paths, verbs, headers, encodings.</summary>
public sealed class TransparencyTests(OnSqlite running) : IClassFixture<OnSqlite>
{
    private readonly HttpClient browser = running.Service.Browser;

    [Theory]
    [InlineData("/periodicos", "/periodicos/")]
    [InlineData("/periodicos?q=%C3%A9%20a&q=%2F", "/periodicos/?q=%C3%A9%20a&q=%2F")]
    [InlineData("/periodicos/vencendo?dias=30", "/periodicos/vencendo/?dias=30")]
    [InlineData("/periodicos/exportar", "/periodicos/exportar/")]
    public async Task Missing_slash_is_added_by_a_redirect_that_changes_nothing_else(string url, string location)
    {
        using var response = await browser.GetAsync(url);

        Assert.Equal(HttpStatusCode.MovedPermanently, response.StatusCode);
        Assert.Equal(location, Assert.Single(response.Headers.GetValues("Location")));
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("/periodicos/nada/")]
    [InlineData("/periodicos/vencendo/nada")]
    [InlineData("/Periodicos/")]
    [InlineData("/periodicos//")]
    [InlineData("/")]
    public async Task What_there_is_not_is_a_page_too(string url)
    {
        using var response = await browser.GetAsync(url);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("text/html; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.Contains("<h1>Página não encontrada (404)</h1>", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("OPTIONS")]
    public async Task Page_is_only_read(string method)
    {
        using var request = new HttpRequestMessage(new(method), "/periodicos/");
        using var response = await browser.SendAsync(request);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(["GET", "HEAD"], response.Content.Headers.Allow);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("/periodicos/")]
    [InlineData("/periodicos/exportar/")]
    [InlineData("/periodicos/nada/")]
    public async Task Head_has_the_headers_of_get_and_no_body(string url)
    {
        using var get = await browser.GetAsync(url);
        using var head = await browser.SendAsync(new(HttpMethod.Head, url));

        Assert.Equal(get.StatusCode, head.StatusCode);
        Assert.Equal(HeadersOf(get), HeadersOf(head));
        Assert.NotEmpty(await get.Content.ReadAsByteArrayAsync());
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Every_page_has_the_headers_of_the_site_and_no_other()
    {
        using var response = await browser.GetAsync("/periodicos/");

        var length = (await response.Content.ReadAsByteArrayAsync()).Length;
        Assert.Equal(
            [
                "Cache-Control: private, max-age=0",
                "Content-Language: pt-br",
                $"Content-Length: {length}",
                "Content-Type: text/html; charset=utf-8",
                "Vary: Accept-Language, Cookie",
                "X-Frame-Options: SAMEORIGIN",
            ],
            HeadersOf(response));
    }

    [Fact]
    public async Task Frame_names_the_user_escaped()
    {
        var page = await browser.GetStringAsync("/periodicos/");

        Assert.Contains(
            "<p id=\"usuario\">Usuário: <strong>Maria &lt;D&#39;Ávila&gt; &amp; Filhos</strong> | <a href=\"/logout/\">sair</a></p>\n",
            page,
            StringComparison.Ordinal);
        Assert.DoesNotContain('\r', page);
    }

    [Fact]
    public async Task Search_is_escaped_wherever_it_comes_back()
    {
        var page = await browser.GetStringAsync("/periodicos/?q=%22%3E%3Cscript%3E");

        Assert.Contains("name=\"q\" size=\"30\" value=\"&quot;&gt;&lt;script&gt;\" />", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Spreadsheet_is_windows_1252_with_quotes_only_where_needed()
    {
        await running.Service.PublishAsync([.. Said.Listed(1, "João \"Zé\"; Neto", -3), .. Said.Listed(2, "Łukasz", 40, null, null)]);

        using var response = await browser.GetAsync("/periodicos/exportar/");

        const string Expected =
            "Código;Nome;Empresa;Último exame;Dias;Situação\r\n"
            + "1;\"JOÃO \"\"ZÉ\"\"; NETO\";PADARIA SÃO JOSÉ;25/07/2015;-3;Vencido\r\n"
            + "2;?UKASZ;-;25/07/2015;40;Em dia\r\n";
        Assert.Equal(Encoding.Latin1.GetBytes(Expected), await response.Content.ReadAsByteArrayAsync());
        Assert.Contains("Content-Type: text/csv; charset=windows-1252", HeadersOf(response));
        Assert.Contains("Content-Disposition: attachment; filename=periodicos.csv", HeadersOf(response));
    }

    private static string[] HeadersOf(HttpResponseMessage response) =>
    [
        .. response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated)
            .Where(header => header.Key != "Date")
            .Select(header => $"{header.Key}: {header.Value}")
            .Order(StringComparer.Ordinal),
    ];
}
