using Clinic.Legacy.Tests.Site;

namespace Clinic.Legacy.Tests;

public abstract class PeriodicalListTests(LegacyServer server) : Characterization(server)
{
    private const string PageHeaders = """
        Cache-Control: private, max-age=0
        Content-Language: pt-br
        Content-Length: {0}
        Content-Type: {1}
        Vary: Accept-Language, Cookie
        X-Frame-Options: SAMEORIGIN
        """;

    [Fact]
    public async Task Whole_page_byte_for_byte()
    {
        var page = await Browser.GetAsync("/periodicos/?q=espaco+duro");

        Assert.Equal(
            """
            <!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
            <html xmlns="http://www.w3.org/1999/xhtml" lang="pt-br">
            <head>
            <meta http-equiv="Content-Type" content="text/html; charset=utf-8" />
            <title>Exames periódicos - SISMED</title>
            <link rel="stylesheet" type="text/css" href="/static/css/site.css" />
            </head>
            <body>
            <div id="topo">
            <a href="/"><img src="/static/img/logo.gif" alt="SISMED" width="120" height="40" /></a>
            <p id="usuario">Usuário: <strong>Maria das Dores Lima</strong> | <a href="/logout/">sair</a></p>
            </div>
            <ul id="menu">
            <li><a href="/fila/">Fila</a></li>
            <li><a href="/pacientes/">Pacientes</a></li>
            <li><a href="/pedidos/">Pedidos de exame</a></li>
            <li><a href="/periodicos/">Periódicos</a></li>
            <li><a href="/atestados/">Atestados</a></li>
            <li><a href="/clientes/absenteismo/graficos/consolidado/">Absenteísmo</a></li>
            <li><a href="/clientes/absenteismo/graficos/cat/">CAT</a></li>
            <li><a href="/clientes/">Clientes</a></li>
            </ul>
            <div id="conteudo">
            <h1>Exames periódicos</h1>
            <form method="get" action="/periodicos/" class="filtro">
            Empresa (código): <input type="text" name="empresa" size="6" value="" />
            Nome: <input type="text" name="q" size="30" value="espaco duro" />
            <input type="submit" value="Filtrar" />
            </form>
            <table class="barras">
            <tr><th>Vencido</th><td class="barra"><div class="vencido" style="width:100%"></div></td><td class="num">1</td><td class="num">100,0%</td></tr>
            <tr><th>Vence em 30 dias</th><td class="barra"><div class="vence" style="width:0%"></div></td><td class="num">0</td><td class="num">0,0%</td></tr>
            <tr><th>Em dia</th><td class="barra"><div class="emdia" style="width:0%"></div></td><td class="num">0</td><td class="num">0,0%</td></tr>
            </table>
            <p class="links"><a href="/periodicos/">Todos</a> | <a href="/periodicos/vencendo/?dias=30">Vencendo em 30 dias</a> | <a href="/periodicos/exportar/?q=espaco%20duro">Exportar planilha</a></p>
            <table class="lista">
            <tr><th>Nome</th><th>Empresa</th><th>Último exame</th><th>Dias</th><th>Situação</th></tr>
            <tr class="par vencido"><td><a href="/pacientes/109/">COM ESPAÇO DURO</a></td><td><a href="/periodicos/?empresa=2">TRANSPORTADORA LAGOA AZUL LTDA</a></td><td>14/07/2014</td><td class="num">-11</td><td>Vencido</td></tr>
            </table>
            <p class="paginas">1 paciente. Página 1 de 1.</p>
            </div>
            <div id="rodape">SISMED - Sistema de Medicina Ocupacional - versão 1.4</div>
            </body>
            </html>

            """, page.Text);
        Assert.Equal(Headers(PageHeaders, page.Body.Length, "text/html; charset=utf-8"), page.HeaderText);
    }

    [Fact]
    public async Task Lists_active_patients_with_a_whole_number_of_days_and_a_date_and_no_others()
    {
        var listed = (await Everything()).Select(line => line[1]).ToHashSet();

        string[] shown =
        [
            "STATUS A", "STATUS ATIVO", "STATUS 1", "STATUS  A".Replace("  ", " ", StringComparison.Ordinal), "DATA DE EXCLUSAO ZERADA", "UNIFICADO SOBREVIVENTE", "UNIFICADO EM SI", "UNIFICADO EM ZERO",
            "VENCE EM 30", "VENCE EM -5", "VENCE EM 0", "VENCE EM 007", "VENCE EM -0", "VENCE EM 2147483647", "EXAME EM 25/7/15", "EXAME EM 42210", "EXAME ANTES DE NASCER", "SEM EMPRESA", "EMPRESA QUE NAO EXISTE",
        ];
        string[] hidden =
        [
            "STATUS I", "STATUS DEMITIDO", "STATUS 9", "STATUS NULO", "STATUS Z", "STATUS 7", "STATUS NULO COM EXCLUSAO", "EXCLUIDO MAS ATIVO",
            "APAGADO POR EXCLUIDO", "APAGADO POR EXCLUIDO MINUSCULO", "APAGADO POR DATA", "APAGADO POR STATUS", "APAGADO POR UNIFICACAO", "***NAO USAR*** APAGADO POR NOME", "***NÃO USAR*** APAGADO POR NOME",
            "UNIFICADO UM", "UNIFICADO DOIS", "CICLO UM", "CICLO DOIS",
            "VENCE EM 30.0", "VENCE EM 30 DIAS", "VENCE EM VENCIDO", "VENCE EM N/A", "VENCE EM", "VENCE EM NULO", "VENCE EM 99999999999", "VENCE EM +30", "VENCE EM -", "DIAS SEM EXAME",
            "EXAME EM 00/00/0000", "EXAME EM 0000-00-00", "EXAME EM 31/02/1980", "EXAME EM 29/02/2015", "EXAME EM 01/01/1900", "EXAME EM 31/12/9999", "EXAME EM", "EXAME EM ONTEM", "EXAME EM NULO",
        ];
        Assert.Empty(shown.Except(listed));
        Assert.Empty(hidden.Intersect(listed));
        Assert.DoesNotContain("", listed);
    }

    [Theory]
    [InlineData("EXAME EM 25/07/2015", "25/07/2015")]
    [InlineData("EXAME EM 2015-07-25", "25/07/2015")]
    [InlineData("EXAME EM 25/7/15", "25/07/2015")]
    [InlineData("EXAME EM 25-07-2015", "25/07/2015")]
    [InlineData("EXAME EM 25072015", "25/07/2015")]
    [InlineData("EXAME EM 07/25/2015", "25/07/2015")]
    [InlineData("EXAME EM 25.07.2015", "25/07/2015")]
    [InlineData("EXAME EM 03/04/2015", "03/04/2015")]
    [InlineData("EXAME EM 25/07/2015 10:30", "25/07/2015")]
    [InlineData("EXAME EM 25/07/2015 10:30:59", "25/07/2015")]
    [InlineData("EXAME EM 2015-07-25T10:30:00", "25/07/2015")]
    [InlineData("EXAME EM 42210", "25/07/2015")]
    [InlineData("EXAME EM 1/1/30", "01/01/1930")]
    [InlineData("EXAME EM 1/1/29", "01/01/2029")]
    public async Task Dates_are_read_in_every_spelling(string name, string shown) =>
        Assert.Equal(shown, (await Everything()).Single(line => line[1] == name)[3]);

    [Fact]
    public async Task Names_are_shown_repaired_and_in_capitals()
    {
        var names = (await Everything()).Where(line => int.Parse(line[0], null) <= 200).Select(line => line[1]).ToList();

        // In UTF-8, twice as mojibake; the spreadsheet has no decomposed letters either.
        Assert.Equal(3, names.Count(name => name == "JOSÉ ANTÔNIO DA CONCEIÇÃO"));
        Assert.Equal(2, names.Count(name => name == "JOANA D'ÁVILA"));
        Assert.Equal(2, names.Count(name => name == "ÂNGELA ÍRIS CORRÊA"));
        foreach (var name in new[]
        {
            "JOSÉ ÀVILA ÍRIS", "JOÃO BRANDÃO", "CECÍLIA AÇUCENA", "\"PEDRO \"\"PEIXE\"\" SALOMÃO\"", "JO?O DA ASSUN??O", "JO?O GALV?O", "JOÃO CONCEIÇÃO", "ANA D'ANGELO & FILHA",
            "MARIA NULA", "BIP DE CONTROLE", "JOAO DA SILVA DOS SANTOS DE SOUZA", "BRANCO NO MEIO", "COM ESPAÇO DURO", "TERMINA EM BRANCO", "\"<B>NEGRITO</B> \"\"ASPAS\"\" & 'CIA'\"",
        }) Assert.Contains(name, names);
    }

    [Fact]
    public async Task Sorted_by_name_without_accents_then_by_number()
    {
        var lines = await Everything();
        var keys = lines.Select(line => (Key: Unaccented(line[1].Trim('"').Replace("\"\"", "\"", StringComparison.Ordinal)), Id: int.Parse(line[0], null))).ToList();

        Assert.Equal(keys.OrderBy(key => key.Key, StringComparer.Ordinal).ThenBy(key => key.Id), keys);
        Assert.True(keys.Count > 300);
    }

    [Fact]
    public async Task Markup_in_names_is_escaped()
    {
        var page = await Browser.GetAsync("/periodicos/?q=%3Cb%3Enegrito");

        Assert.Contains(">&lt;B&gt;NEGRITO&lt;/B&gt; &quot;ASPAS&quot; &amp; &#39;CIA&#39;</a>", page.Text, StringComparison.Ordinal);
        Assert.Contains("name=\"q\" size=\"30\" value=\"&lt;b&gt;negrito\"", page.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("conceicao", "CONCEIÇÃO")]
    [InlineData("  CONCEIÇÃO ", "CONCEIÇÃO")]
    [InlineData("d'avila", "D'ÁVILA")]
    public async Task Search_takes_any_part_of_the_name_with_or_without_accents(string q, string part)
    {
        var rows = (await Browser.GetAsync("/periodicos/?q=" + Uri.EscapeDataString(q))).Rows();

        Assert.NotEmpty(rows);
        Assert.All(rows, row => Assert.Contains(Unaccented(part), Unaccented(row[0]), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Company_filter_takes_the_number_and_shows_the_copied_name()
    {
        var page = await Browser.GetAsync("/periodicos/?empresa=9&empresa=%2B%209999&empresa=9999");

        Assert.Equal(["EMPRESA QUE NAO EXISTE", "FANTASMA S/A"], Assert.Single(page.Rows())[..2]);
        Assert.Contains(["EMPRESA COM ENTIDADE", "PÃES & CIA LTDA"], (await Browser.GetAsync("/periodicos/?empresa=9&q=entidade")).Rows().Select(row => row[..2]));
        Assert.Equal("-", Assert.Single((await Browser.GetAsync("/periodicos/?q=sem+empresa")).Rows())[1]);
    }

    [Theory]
    [InlineData("empresa=abc", "")]
    [InlineData("empresa=", "")]
    [InlineData("pagina=abc", "")]
    [InlineData("pagina=", "")]
    [InlineData("pagina=%201%20", "")]
    [InlineData("q=%20%20", "")]
    [InlineData("pagina=99999999999", "")]
    [InlineData("pagina=9999", "pagina=LAST")]
    [InlineData("pagina=-3", "pagina=LAST")]
    public async Task What_cannot_be_understood_is_ignored(string query, string sameAs)
    {
        var first = await Browser.GetAsync("/periodicos/");
        var last = first.Text.Split("Página 1 de ")[1].Split('.')[0];

        var page = await Browser.GetAsync("/periodicos/?" + query);

        Assert.Equal((await Browser.GetAsync("/periodicos/?" + sameAs.Replace("LAST", last, StringComparison.Ordinal))).Text, page.Text);
    }

    [Fact, Trait("Bug", "pinned")]
    public async Task Page_zero_is_the_last_page()
    {
        var first = await Browser.GetAsync("/periodicos/");
        var last = first.Text.Split("Página 1 de ")[1].Split('.')[0];

        Assert.Equal((await Browser.GetAsync($"/periodicos/?pagina={last}")).Text, (await Browser.GetAsync("/periodicos/?pagina=0")).Text);
    }

    [Fact]
    public async Task Pages_of_50_hold_everything_once_and_keep_the_filters()
    {
        var all = (await Everything()).Select(line => line[0]).ToList();
        var ids = new List<string>();
        for (string? path = "/periodicos/"; path is not null;)
        {
            var page = await Browser.GetAsync(path);
            Assert.InRange(page.Rows().Length, 1, 50);
            ids.AddRange(page.Document.QuerySelectorAll("table.lista td:first-child a").Select(link => link.GetAttribute("href")!.Split('/')[2]));
            path = page.Document.QuerySelectorAll("p.paginas a").FirstOrDefault(link => link.TextContent.StartsWith("próxima", StringComparison.Ordinal))?.GetAttribute("href");
        }

        Assert.Equal(all, ids);
        var filtered = await Browser.GetAsync("/periodicos/?q=a&pagina=2");
        Assert.Equal(["/periodicos/?q=a&pagina=1", "/periodicos/?q=a&pagina=3"], filtered.Document.QuerySelectorAll("p.paginas a").Select(link => link.GetAttribute("href")));
    }

    [Fact]
    public async Task Bars_count_what_is_listed()
    {
        var days = (await Everything()).Select(line => int.Parse(line[4], null)).ToList();

        var bars = (await Browser.GetAsync("/periodicos/")).Rows("barras");

        Assert.Equal(["Vencido", "Vence em 30 dias", "Em dia"], bars.Select(bar => bar[0]));
        Assert.Equal([days.Count(day => day < 0), days.Count(day => day is >= 0 and <= 30), days.Count(day => day > 30)], bars.Select(bar => int.Parse(bar[2], null)));
        Assert.Equal(["0,0%", "0,0%", "0,0%"], (await Browser.GetAsync("/periodicos/?q=xyzxyz")).Rows("barras").Select(bar => bar[3]));
    }

    [Fact]
    public async Task Overdue_is_red_and_the_day_itself_is_not_overdue()
    {
        var page = await Browser.GetAsync("/periodicos/?q=vence+em");
        var classes = page.Document.QuerySelectorAll("table.lista tr").Where(row => row.QuerySelector("a") is not null)
            .ToDictionary(row => row.QuerySelector("a")!.TextContent, row => row.ClassList[1] + "/" + row.LastElementChild!.TextContent);

        Assert.Equal("vencido/Vencido", classes["VENCE EM -5"]);
        Assert.Equal("vence/Vence em 30 dias", classes["VENCE EM 0"]);
        Assert.Equal("vence/Vence em 30 dias", classes["VENCE EM 30"]);
        Assert.Equal("emdia/Em dia", classes["VENCE EM 31"]);
    }

    [Theory]
    [InlineData("?dias=30", 30)]
    [InlineData("?dias=5", 5)]
    [InlineData("?dias=0", 0)]
    [InlineData("?dias=-1", -1)]
    [InlineData("", 30)]
    [InlineData("?dias=", 30)]
    [InlineData("?dias=trinta", 30)]
    [InlineData("?dias=30.5", 30)]
    [InlineData("?dias=99999999999", 30)]
    [InlineData("?dias=7&dias=3", 3)]
    public async Task Due_list_takes_days_and_falls_back_to_30(string query, int days)
    {
        var all = (await Everything()).Where(line => int.Parse(line[4], null) is >= 0 and var left && left <= days).Select(line => line[1]);

        var page = await Browser.GetAsync("/periodicos/vencendo/" + query);

        Assert.Contains($"<h1>Periódicos vencendo em {days} dias</h1>", page.Text, StringComparison.Ordinal);
        Assert.Equal(all.Take(50).Select(name => name.Trim('"').Replace("\"\"", "\"", StringComparison.Ordinal)), page.Rows().Where(row => row.Length == 5).Select(row => row[0]));
    }

    [Fact]
    public async Task Spreadsheet_is_windows_1252_with_semicolons()
    {
        var page = await Browser.GetAsync("/periodicos/exportar/?q=empresa+com");

        Assert.Equal(200, page.Status);
        Assert.Equal(
            Headers(PageHeaders.Replace("Content-Language", "Content-Disposition: attachment; filename=periodicos.csv\nContent-Language", StringComparison.Ordinal), page.Body.Length, "text/csv; charset=windows-1252"),
            page.HeaderText);
        Assert.Equal("Código;Nome;Empresa;Último exame;Dias;Situação", page.CsvLines[0]);
        Assert.Equal("", page.CsvLines[^1]);
        // What Windows-1252 lacks is a question mark.
        Assert.Contains(";EMPRESA COM PONTO E VIRGULA;\"ALFA; \"\"BETA\"\" E ?ÓD?\";", page.CsvLines.Single(line => line.Contains("VIRGULA", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Equal(2 + 3, page.CsvLines.Length);
        Assert.All((await Browser.GetAsync("/periodicos/exportar/?dias=10")).CsvLines[1..^1], line => Assert.InRange(int.Parse(line.Split(';')[^2], null), 0, 10));
    }

    [Theory]
    [InlineData("/periodicos/")]
    [InlineData("/periodicos/vencendo/?dias=30")]
    [InlineData("/periodicos/exportar/?empresa=4")]
    [InlineData("/periodicos/nao-existe/")]
    public async Task Head_has_the_headers_of_get_and_no_body(string path)
    {
        var get = await Browser.GetAsync(path);
        var head = await Browser.HeadAsync(path);

        Assert.Equal(get.Status, head.Status);
        Assert.Equal(get.HeaderText, head.HeaderText);
        Assert.Empty(head.Body);
    }

    [Theory]
    [InlineData("/periodicos", "/periodicos/")]
    [InlineData("/periodicos?q=a%20b", "/periodicos/?q=a%20b")]
    [InlineData("/periodicos/vencendo?dias=3", "/periodicos/vencendo/?dias=3")]
    [InlineData("/periodicos/exportar", "/periodicos/exportar/")]
    public async Task A_missing_slash_is_added_by_redirect(string path, string location)
    {
        var page = await Browser.GetAsync(path);

        Assert.Equal(301, page.Status);
        Assert.Equal(location, page.Header("Location"));
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
    }

    [Theory]
    [InlineData("/periodicos/nao-existe/")]
    [InlineData("/periodicos/nao-existe")]
    [InlineData("/periodicos//")]
    [InlineData("/periodicos/vencendo/30/")]
    [InlineData("/Periodicos/")]
    [InlineData("/periodicos%2F")]
    public async Task Below_and_beside_it_is_not_found(string path)
    {
        var page = await Browser.GetAsync(path);

        Assert.Equal(404, page.Status);
        Assert.Equal(Headers(PageHeaders, page.Body.Length, "text/html; charset=utf-8"), page.HeaderText);
        Assert.Contains("<title>Página não encontrada - SISMED</title>", page.Text, StringComparison.Ordinal);
        Assert.Contains(
            "<div id=\"conteudo\">\n<h1>Página não encontrada (404)</h1>\n<p>O endereço pedido não existe neste servidor.</p>\n<p><a href=\"/\">Voltar ao início</a></p>\n</div>\n",
            page.Text, StringComparison.Ordinal);
        Assert.Contains("<p id=\"usuario\">", page.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    public async Task Other_verbs_are_not_allowed(string method)
    {
        var page = await Browser.SendAsync(new HttpMethod(method), "/periodicos/");

        Assert.Equal(405, page.Status);
        Assert.Equal("GET, HEAD", page.Header("Allow"));
        Assert.Empty(page.Body);
    }

    private static string Headers(string format, int length, string type) =>
        format.Replace("{0}", $"{length}", StringComparison.Ordinal).Replace("{1}", type, StringComparison.Ordinal).ReplaceLineEndings("\n");

    private static string Unaccented(string text) =>
        new([.. text.Normalize(System.Text.NormalizationForm.FormD).Where(letter => System.Globalization.CharUnicodeInfo.GetUnicodeCategory(letter) != System.Globalization.UnicodeCategory.NonSpacingMark)]);

    /// <summary>The whole list: number, name, company, exam, days, state.</summary>
    private async Task<List<string[]>> Everything() =>
        [.. (await Browser.GetAsync("/periodicos/exportar/")).CsvLines[1..^1].Select(line => System.Text.RegularExpressions.Regex.Split(line, ";(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)"))];

    public sealed class Sqlite(OnSqlite server) : PeriodicalListTests(server), IClassFixture<OnSqlite>;

    public sealed class Postgres(OnPostgres server) : PeriodicalListTests(server), IClassFixture<OnPostgres>;
}
