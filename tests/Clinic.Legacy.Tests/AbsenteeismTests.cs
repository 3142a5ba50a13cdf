using Clinic.Legacy.Tests.Site;

namespace Clinic.Legacy.Tests;

public abstract class AbsenteeismTests(LegacyServer server) : Characterization(server)
{
    private const string Consolidated = "/clientes/absenteismo/graficos/consolidado/";
    private const string Accidents = "/clientes/absenteismo/graficos/cat/";

    [Fact]
    public async Task Consolidated_page_byte_for_byte()
    {
        var page = await Browser.GetAsync(Consolidated + "?de=14/05/2015&ate=20/05/2015");

        Assert.Equal(
            """
            <div id="conteudo">
            <h1>Absenteísmo consolidado</h1>
            <form method="get" action="/clientes/absenteismo/graficos/consolidado/" class="filtro">
            Empresa (código): <input type="text" name="empresa" size="6" value="" />
            De: <input type="text" name="de" size="10" value="14/05/2015" />
            Até: <input type="text" name="ate" size="10" value="20/05/2015" />
            <input type="submit" value="Filtrar" />
            </form>
            <p class="links"><a href="/clientes/absenteismo/graficos/consolidado/?de=14%2F05%2F2015&amp;ate=20%2F05%2F2015">Consolidado</a> | <a href="/clientes/absenteismo/graficos/cat/?de=14%2F05%2F2015&amp;ate=20%2F05%2F2015">CAT</a> | <a href="/clientes/absenteismo/graficos/consolidado/exportar/?de=14%2F05%2F2015&amp;ate=20%2F05%2F2015">Exportar planilha</a></p>
            <p class="resumo">Atestados: <strong>21</strong>. Dias perdidos: <strong>28</strong>. Pacientes: <strong>21</strong>.</p>
            <h2>Por capítulo da CID-10</h2>
            <table class="grafico">
            <tr><th>Capítulo</th><th>Atestados</th><th>Dias</th><th>%</th><th></th></tr>
            <tr><td>XIX - Lesões, envenenamentos e causas externas</td><td class="num">15</td><td class="num">15</td><td class="num">53,6</td><td><svg width="300" height="14"><rect x="0" y="0" width="160" height="14" fill="#336699" /></svg></td></tr>
            <tr><td>XIII - Doenças do sistema osteomuscular e do tecido conjuntivo</td><td class="num">2</td><td class="num">9</td><td class="num">32,1</td><td><svg width="300" height="14"><rect x="0" y="0" width="96" height="14" fill="#336699" /></svg></td></tr>
            <tr><td>X - Doenças do aparelho respiratório</td><td class="num">3</td><td class="num">3</td><td class="num">10,7</td><td><svg width="300" height="14"><rect x="0" y="0" width="32" height="14" fill="#336699" /></svg></td></tr>
            <tr><td>IX - Doenças do aparelho circulatório</td><td class="num">1</td><td class="num">1</td><td class="num">3,6</td><td><svg width="300" height="14"><rect x="0" y="0" width="10" height="14" fill="#336699" /></svg></td></tr>
            <tr><td>Outros</td><td class="num">0</td><td class="num">0</td><td class="num">0,0</td><td><svg width="300" height="14"><rect x="0" y="0" width="0" height="14" fill="#999999" /></svg></td></tr>
            </table>
            <h2>Dias perdidos por mês</h2>
            <svg class="meses" width="70" height="190">
            <rect x="20" y="10" width="20" height="150" fill="#336699"><title>05/2015: 28</title></rect>
            <text x="30" y="175" font-size="8" text-anchor="middle">05/15</text>
            </svg>
            <table class="grafico">
            <tr><th>Mês</th><th>Atestados</th><th>Dias</th></tr>
            <tr><td>05/2015</td><td class="num">21</td><td class="num">28</td></tr>
            </table>
            </div>
            <div id="rodape">SISMED - Sistema de Medicina Ocupacional - versão 1.4</div>
            </body>
            </html>

            """, page.Text[page.Text.IndexOf("<div id=\"conteudo\">", StringComparison.Ordinal)..]);
        Assert.StartsWith("<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Transitional//EN\"", page.Text, StringComparison.Ordinal);
        Assert.Contains("<title>Absenteísmo consolidado - SISMED</title>", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Accident_page_byte_for_byte()
    {
        var page = await Browser.GetAsync(Accidents + "?de=10/05/2015&ate=14/05/2015");

        Assert.Equal(
            """
            <p class="resumo">Acidentes: <strong>2</strong>. Sem número de CAT: <strong>1</strong>. Dias perdidos: <strong>6</strong>. Pacientes: <strong>2</strong>.</p>
            <h2>Acidentes por mês</h2>
            <svg class="meses" width="70" height="190">
            <rect x="20" y="10" width="20" height="150" fill="#cc3333"><title>05/2015: 6</title></rect>
            <text x="30" y="175" font-size="8" text-anchor="middle">05/15</text>
            </svg>
            <table class="grafico">
            <tr><th>Mês</th><th>Acidentes</th><th>Sem número</th><th>Dias</th></tr>
            <tr><td>05/2015</td><td class="num">2</td><td class="num">1</td><td class="num">6</td></tr>
            </table>
            <h2>Últimos acidentes</h2>
            <table class="lista">
            <tr><th>Atestado</th><th>Início</th><th>Fim</th><th>Dias</th><th>CID</th><th>Capítulo</th><th>CAT</th></tr>
            <tr class="par"><td><a href="/atestados/9/">9</a></td><td>12/05/2015</td><td>14/05/2015</td><td class="num">3</td><td>S61.0</td><td>XIX</td><td>2015123456</td></tr>
            <tr class="impar"><td><a href="/atestados/8/">8</a></td><td>12/05/2015</td><td>14/05/2015</td><td class="num">3</td><td>S61.0</td><td>XIX</td><td><em>sem número</em></td></tr>
            </table>
            </div>
            <div id="rodape">SISMED - Sistema de Medicina Ocupacional - versão 1.4</div>
            </body>
            </html>

            """, page.Text[page.Text.IndexOf("<p class=\"resumo\">", StringComparison.Ordinal)..]);
        Assert.Contains("<title>Acidentes de trabalho (CAT) - SISMED</title>", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Spreadsheets_say_what_the_pages_say()
    {
        var consolidated = await Browser.GetAsync(Consolidated + "exportar/?de=14/05/2015&ate=20/05/2015");
        var accidents = await Browser.GetAsync(Accidents + "exportar/?de=10/05/2015&ate=14/05/2015");

        Assert.Equal(
            [
                "Grupo;Item;Atestados;Dias;Percentual", "Capítulo;XIX - Lesões, envenenamentos e causas externas;15;15;53,6",
                "Capítulo;XIII - Doenças do sistema osteomuscular e do tecido conjuntivo;2;9;32,1", "Capítulo;X - Doenças do aparelho respiratório;3;3;10,7",
                "Capítulo;IX - Doenças do aparelho circulatório;1;1;3,6", "Capítulo;Outros;0;0;0,0", "Mês;05/2015;21;28;100,0", "Total;;21;28;100,0", "",
            ], consolidated.CsvLines);
        Assert.Equal(["Atestado;Início;Fim;Dias;CID;Capítulo;CAT", "9;12/05/2015;14/05/2015;3;S61.0;XIX;2015123456", "8;12/05/2015;14/05/2015;3;S61.0;XIX;sem número", ""], accidents.CsvLines);
        Assert.Equal("attachment; filename=absenteismo.csv", consolidated.Header("Content-Disposition"));
        Assert.Equal("attachment; filename=cat.csv", accidents.Header("Content-Disposition"));
        Assert.Equal("text/csv; charset=windows-1252", accidents.Header("Content-Type"));
    }

    [Fact]
    public async Task A_day_of_a_patient_counts_once_and_for_the_certificate_that_began_first()
    {
        var patient = await Browser.NewPatientAsync("Sobreposta", ("empresa", "31"));
        await RecordAsync(patient, "03/02/2020", "07/02/2020", "M54.5");
        await RecordAsync(patient, "05/02/2020", "10/02/2020", "J11");
        await RecordAsync(patient, "06/02/2020", "07/02/2020", "F32");

        var page = await Browser.GetAsync(Consolidated + "?empresa=31&de=01/01/2020&ate=31/12/2020");

        Assert.Contains("Atestados: <strong>3</strong>. Dias perdidos: <strong>8</strong>. Pacientes: <strong>1</strong>.", page.Text, StringComparison.Ordinal);
        Assert.Equal(["XIII 1 5", "X 1 3", "V 1 0", "Outros 0 0"], Chapters(page));
    }

    [Fact]
    public async Task Period_cuts_days_and_a_month_before_it_is_not_shown()
    {
        var patient = await Browser.NewPatientAsync("Vira o Ano", ("empresa", "32"));
        await RecordAsync(patient, "28/12/2021", "03/01/2022", "M54.5");

        var january = await Browser.GetAsync(Consolidated + "?empresa=32&de=01/01/2022&ate=31/01/2022");
        var whole = await Browser.GetAsync(Consolidated + "?empresa=32&de=01/12/2021");

        Assert.Equal(["01/2022 1 3"], Months(january));
        Assert.Equal(["12/2021 1 4", "01/2022 0 3"], Months(whole));
    }

    [Theory]
    [InlineData("M54.5", "XIII")]
    [InlineData("m545", "XIII")]
    [InlineData("M54", "XIII")]
    [InlineData("M54-5", "XIII")]
    [InlineData("Z00,0", "XXI")]
    [InlineData("M54.5 LOMBALGIA", "XIII")]
    [InlineData("D48", "II")]
    [InlineData("D50.9", "III")]
    [InlineData("D89", "III")]
    [InlineData("H59", "VII")]
    [InlineData("H60", "VIII")]
    [InlineData("H95", "VIII")]
    [InlineData("D49", "Outros")]
    [InlineData("E95", "Outros")]
    [InlineData("DOR LOMBAR", "Outros")]
    [InlineData("M5", "Outros")]
    [InlineData("M54A", "Outros")]
    [InlineData("", "Outros")]
    public async Task Chapter_is_by_range(string written, string chapter)
    {
        var patient = await Browser.NewPatientAsync("Capítulo", ("empresa", "33"));
        var absence = await RecordAsync(patient, "02/03/2023", "03/03/2023", written);
        var page = await Browser.GetAsync(Consolidated + "?empresa=33&de=01/03/2023&ate=31/03/2023");
        await Browser.PostAsync($"/atestados/{absence}/excluir/");

        Assert.Equal(chapter + " 1 2", Chapters(page)[0]);
    }

    [Fact]
    public async Task Only_eight_chapters_stand_alone_and_the_rest_is_outros()
    {
        var patient = await Browser.NewPatientAsync("Dez Capítulos", ("empresa", "34"));
        string[] written = ["A09", "C50", "D50", "E11", "F32", "G43", "H10", "H66", "I10", "sem"];
        for (var i = 0; i < written.Length; i++)
        {
            var start = new DateOnly(2024, 1, 1).AddDays(i * 20);
            await RecordAsync(patient, $"{start:dd/MM/yyyy}", $"{start.AddDays(10 - i):dd/MM/yyyy}", written[i]);
        }

        var page = await Browser.GetAsync(Consolidated + "?empresa=34&de=01/01/2024&ate=31/12/2024");

        Assert.Equal(["I 1 11", "II 1 10", "III 1 9", "IV 1 8", "V 1 7", "VI 1 6", "VII 1 5", "VIII 1 4", "Outros 2 5"], Chapters(page));
    }

    [Theory]
    [InlineData("05/06/2025", "", "4", 4)]
    [InlineData("05/06/2025", "06/06/2025", "9", 2)]
    [InlineData("05/06/2025", "", "", null)]
    [InlineData("05/06/2025", "", "3 dias", null)]
    [InlineData("05/06/2025", "05/06/2025", "4h", null)]
    [InlineData("05/06/2025", "05/06/2025", "4 Horas", null)]
    [InlineData("05/06/2025", "", "0", null)]
    [InlineData("05/06/2025", "", "1000", null)]
    [InlineData("2025-06-05", "6/6/25", "", 2)]
    public async Task Days_are_by_dates_before_numbers_and_hours_are_no_days(string from, string to, string days, int? counted)
    {
        var patient = await Browser.NewPatientAsync("Dias", ("empresa", "35"));
        await Browser.GetAsync("/atestados/novo/");
        var saved = await Browser.PostAsync("/atestados/novo/", Fields(patient, from, to, days, "J11"));
        Assert.Equal(302, saved.Status);
        var page = await Browser.GetAsync(Consolidated + "?empresa=35&de=01/06/2025&ate=30/06/2025");
        await Browser.PostAsync(saved.Header("Location")!.Split('?')[0] + "excluir/");

        Assert.Contains(
            counted is null ? "Atestados: <strong>0</strong>. Dias perdidos: <strong>0</strong>. Pacientes: <strong>0</strong>." : $"Atestados: <strong>1</strong>. Dias perdidos: <strong>{counted}</strong>.",
            page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sentinel_is_no_end_so_the_number_of_days_counts()
    {
        await Browser.GetAsync("/atestados/novo/");
        var refused = await Browser.PostAsync("/atestados/novo/", Fields(1, "05/06/2025", "31/12/9999", "2", "J11"));
        string[]? listed = null;
        for (var page = 1; listed is null; page++)
        {
            var rows = (await Browser.GetAsync($"/atestados/?pagina={page}")).Rows();
            Assert.True(rows[0].Length > 1, "absence 17 of the seed, which ends 31/12/9999, is in no page");
            listed = rows.SingleOrDefault(row => row[0] == "17");
        }

        Assert.Equal("Fim: data inválida.", refused.Error);
        Assert.Equal(["13/05/2015", "14/05/2015", "2"], listed[2..5]);
    }

    [Theory]
    [InlineData("S", "sem número")]
    [InlineData("sim", "sem número")]
    [InlineData("1", "sem número")]
    [InlineData("T", "sem número")]
    [InlineData("on", "sem número")]
    [InlineData("2015123456", "2015123456")]
    [InlineData("2015/004-7", "2015/004-7")]
    [InlineData("N", null)]
    [InlineData("0", null)]
    [InlineData("F", null)]
    [InlineData("NÃO", null)]
    [InlineData("", null)]
    [InlineData("talvez", null)]
    [InlineData("<b>", null)]
    public async Task Accident_is_a_letter_or_a_number(string cat, string? shown)
    {
        var patient = await Browser.NewPatientAsync("Acidente", ("empresa", "36"));
        await Browser.GetAsync("/atestados/novo/");
        var saved = await Browser.PostAsync("/atestados/novo/", [.. Fields(patient, "05/06/2026", "05/06/2026", "1", "S61").Where(field => field.Name != "cat"), ("cat", cat)]);
        var page = await Browser.GetAsync(Accidents + "?empresa=36&de=01/06/2026&ate=30/06/2026");
        await Browser.PostAsync(saved.Header("Location")!.Split('?')[0] + "excluir/");

        var row = Assert.Single(page.Rows());
        Assert.Equal(shown ?? "Nenhum acidente no período.", row[^1]);
    }

    [Theory]
    [InlineData("empresa=abc")]
    [InlineData("de=2015-05-01")]
    [InlineData("de=31/02/2015&ate=")]
    [InlineData("de=1/5/15")]
    [InlineData("x=y")]
    public async Task Filters_that_cannot_be_read_are_ignored(string query)
    {
        Assert.Equal((await Browser.GetAsync(Consolidated)).Text, (await Browser.GetAsync(Consolidated + "?" + query)).Text);
        Assert.Equal((await Browser.GetAsync(Accidents)).Text, (await Browser.GetAsync(Accidents + "?" + query)).Text);
    }

    [Fact, Trait("Bug", "pinned")]
    public async Task A_period_that_ends_before_it_begins_has_no_days_but_still_counts_the_certificates_around_it()
    {
        var patient = await Browser.NewPatientAsync("Ao Contrário", ("empresa", "37"));
        await RecordAsync(patient, "01/03/2027", "31/03/2027", "M54.5");

        var page = await Browser.GetAsync(Consolidated + "?empresa=37&de=20/03/2027&ate=10/03/2027");

        Assert.Contains("Atestados: <strong>1</strong>. Dias perdidos: <strong>0</strong>. Pacientes: <strong>1</strong>.", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Links_by_namespace_and_name_lead_to_the_two_charts()
    {
        var menu = (await Browser.GetAsync("/")).Document.QuerySelectorAll("#menu a").ToDictionary(link => link.TextContent, link => link.GetAttribute("href")!);

        Assert.Equal(Consolidated, menu["Absenteísmo"]);
        Assert.Equal(Accidents, menu["CAT"]);
        Assert.Equal(Consolidated, Views.Reverse("abs_homolog:absenteeism_consolidated"));
        Assert.Equal(Accidents, Views.Reverse("abs_homolog:absenteeism_cat_chart"));
    }

    [Theory]
    [InlineData("/clientes/absenteismo/", 404)]
    [InlineData("/clientes/absenteismo/graficos/", 404)]
    [InlineData("/clientes/absenteismo/graficos/consolidado/x/", 404)]
    [InlineData("/clientes/absenteismo/graficos/consolidado", 301)]
    [InlineData("/clientes/absenteismo/graficos/cat?empresa=1", 301)]
    [InlineData("/clientes/", 200)]
    [InlineData("/clientes/4/", 200)]
    [InlineData("/clientes/9999/", 404)]
    public async Task The_rest_below_clientes(string path, int status) => Assert.Equal(status, (await Browser.GetAsync(path)).Status);

    [Theory]
    [InlineData(Consolidated)]
    [InlineData(Consolidated + "exportar/")]
    [InlineData(Accidents + "?empresa=4")]
    [InlineData(Accidents + "exportar/")]
    public async Task Head_has_the_headers_of_get_and_no_body(string path)
    {
        var get = await Browser.GetAsync(path);
        var head = await Browser.HeadAsync(path);

        Assert.Equal(get.HeaderText, head.HeaderText);
        Assert.Empty(head.Body);
        Assert.Equal(405, (await Browser.SendAsync(HttpMethod.Post, path)).Status);
    }

    private async Task<int> RecordAsync(int patient, string from, string to, string cid)
    {
        await Browser.GetAsync("/atestados/novo/");
        var saved = await Browser.PostAsync("/atestados/novo/", Fields(patient, from, to, "", cid));
        Assert.Equal(302, saved.Status);
        return int.Parse(saved.Header("Location")!.Split('/')[2], null);
    }

    private static (string Name, string Value)[] Fields(int patient, string from, string to, string days, string cid) =>
        [("paciente", $"{patient}"), ("inicio", from), ("fim", to), ("dias", days), ("cat", "N"), ("cid", cid), ("crm", "52-12345-6"), ("emissor", "SUS")];

    private static string[] Chapters(Page page) =>
        [.. page.Document.QuerySelectorAll("table.grafico")[0].QuerySelectorAll("tr").Skip(1).Select(row => row.QuerySelectorAll("td").Select(cell => cell.TextContent).ToArray())
            .Select(cells => $"{cells[0].Split(" - ")[0]} {cells[1]} {cells[2]}")];

    private static string[] Months(Page page) =>
        [.. page.Document.QuerySelectorAll("table.grafico")[1].QuerySelectorAll("tr").Skip(1).Select(row => string.Join(' ', row.QuerySelectorAll("td").Select(cell => cell.TextContent)))];

    public sealed class Sqlite(OnSqlite server) : AbsenteeismTests(server), IClassFixture<OnSqlite>;

    public sealed class Postgres(OnPostgres server) : AbsenteeismTests(server), IClassFixture<OnPostgres>;
}
