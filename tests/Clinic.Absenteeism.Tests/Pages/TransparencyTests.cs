using System.Net;
using System.Text;
using Clinic.Absenteeism.Tests.Running;

namespace Clinic.Absenteeism.Tests.Pages;

/// <summary>The small print of the old site: paths, verbs, headers, encodings.</summary>
public sealed class TransparencyTests(OnSqlite running) : IClassFixture<OnSqlite>
{
    private readonly HttpClient browser = running.Service.Browser;

    [Theory]
    [InlineData("/clientes/absenteismo/graficos/consolidado", "/clientes/absenteismo/graficos/consolidado/")]
    [InlineData("/clientes/absenteismo/graficos/cat?de=01%2F02%2F2015&de=%C3%A9", "/clientes/absenteismo/graficos/cat/?de=01%2F02%2F2015&de=%C3%A9")]
    [InlineData("/clientes/absenteismo/graficos/cat/exportar", "/clientes/absenteismo/graficos/cat/exportar/")]
    public async Task Missing_slash_is_added_by_a_redirect_that_changes_nothing_else(string url, string location)
    {
        using var response = await browser.GetAsync(url);

        Assert.Equal(HttpStatusCode.MovedPermanently, response.StatusCode);
        Assert.Equal(location, Assert.Single(response.Headers.GetValues("Location")));
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("/clientes/absenteismo/")]
    [InlineData("/clientes/absenteismo/graficos/nada")]
    [InlineData("/clientes/absenteismo/graficos/CAT/")]
    [InlineData("/clientes/absenteismo/graficos/cat//")]
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
        using var request = new HttpRequestMessage(new(method), "/clientes/absenteismo/graficos/consolidado/");
        using var response = await browser.SendAsync(request);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(["GET", "HEAD"], response.Content.Headers.Allow);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("/clientes/absenteismo/graficos/consolidado/")]
    [InlineData("/clientes/absenteismo/graficos/consolidado/exportar/")]
    [InlineData("/clientes/absenteismo/nada/")]
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
        using var response = await browser.GetAsync("/clientes/absenteismo/graficos/consolidado/");

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
        var page = await browser.GetStringAsync("/clientes/absenteismo/graficos/consolidado/");

        Assert.Contains(
            "<p id=\"usuario\">Usuário: <strong>Maria &lt;D&#39;Ávila&gt; &amp; Filhos</strong> | <a href=\"/logout/\">sair</a></p>\n",
            page,
            StringComparison.Ordinal);
        Assert.DoesNotContain('\r', page);
    }

    [Fact]
    public async Task Spreadsheets_are_windows_1252()
    {
        await running.Service.PublishAsync(
            Said.Recorded(1, "2015-01-30", 4, but: absence => absence with { WorkAccident = true, CatNumber = "1;\"2\"Ł" }),
            Said.Recorded(2, "2015-01-30", 4, but: absence => absence with { PatientId = 2, WorkAccident = true, Cid = null, Chapter = null }));

        await SaysAsync(
            "cat/exportar/",
            "cat.csv",
            "Atestado;Início;Fim;Dias;CID;Capítulo;CAT\r\n"
            + "2;30/01/2015;02/02/2015;4;-;Outros;sem número\r\n"
            + "1;30/01/2015;02/02/2015;4;M54.5;XIII;\"1;\"\"2\"\"?\"\r\n");
        await SaysAsync(
            "consolidado/exportar/",
            "absenteismo.csv",
            "Grupo;Item;Atestados;Dias;Percentual\r\n"
            + "Capítulo;XIII - Doenças do sistema osteomuscular e do tecido conjuntivo;1;4;50,0\r\n"
            + "Capítulo;Outros;1;4;50,0\r\n"
            + "Mês;01/2015;2;4;50,0\r\n"
            + "Mês;02/2015;0;4;50,0\r\n"
            + "Total;;2;8;100,0\r\n");
    }

    private async Task SaysAsync(string sheet, string file, string text)
    {
        using var response = await browser.GetAsync("/clientes/absenteismo/graficos/" + sheet);

        Assert.Equal(Encoding.Latin1.GetBytes(text), await response.Content.ReadAsByteArrayAsync());
        Assert.Contains("Content-Type: text/csv; charset=windows-1252", HeadersOf(response));
        Assert.Contains($"Content-Disposition: attachment; filename={file}", HeadersOf(response));
    }

    private static string[] HeadersOf(HttpResponseMessage response) =>
    [
        .. response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated)
            .Where(header => header.Key != "Date")
            .Select(header => $"{header.Key}: {header.Value}")
            .Order(StringComparer.Ordinal),
    ];
}
