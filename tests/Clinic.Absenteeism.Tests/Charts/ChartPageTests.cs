using AngleSharp.Dom;
using Clinic.Absenteeism.Tests.Running;
using Strangler.Messaging;

namespace Clinic.Absenteeism.Tests.Charts;

/// <summary>What the charts show, on each engine.</summary>
public abstract class ChartPageTests : IAsyncLifetime
{
    private const string Consolidated = "/clientes/absenteismo/graficos/consolidado/";
    private const string Accidents = "/clientes/absenteismo/graficos/cat/";

    private static readonly Envelope[] Absences =
    [
        Said.Recorded(1, "2015-01-30", 4),
        Said.Recorded(2, "2015-02-01", 10, but: absence => absence with { PatientId = 2, Cid = "J10", Chapter = "X", WorkAccident = true, CatNumber = "2015/1 <&>" }),
        Said.Recorded(3, "2015-02-05", 1, but: absence => absence with { PatientId = 3, CompanyId = 8, Cid = null, Chapter = null, WorkAccident = true }),
        Said.Recorded(4, "2016-01-01", 1, but: absence => absence with { PatientId = 3, CompanyId = null, Cid = "X99", Chapter = "other", WorkAccident = false }),
    ];

    private ServiceStore store = null!;
    private RunningService service = null!;

    public async ValueTask InitializeAsync()
    {
        store = await CreateStoreAsync();
        service = await RunningService.StartAsync(store.ConnectionString);
        await service.PublishAsync(Absences);
    }

    public async ValueTask DisposeAsync()
    {
        await service.DisposeAsync();
        await store.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Consolidated_chart_counts_by_chapter_and_month()
    {
        var page = await service.Browser.OpenAsync(Consolidated);

        Assert.Equal("Atestados: 4. Dias perdidos: 16. Pacientes: 3.", page.QuerySelector("p.resumo")!.TextContent);
        Assert.Equal(
            [
                ["X - Doenças do aparelho respiratório", "1", "10", "62,5", ""],
                ["XIII - Doenças do sistema osteomuscular e do tecido conjuntivo", "1", "4", "25,0", ""],
                ["Outros", "2", "2", "12,5", ""],
            ],
            Rows(page, "h2:contains('CID') + table"));
        Assert.Equal(["187", "75", "37"], page.QuerySelectorAll("table svg rect").Select(bar => bar.GetAttribute("width")));
        Assert.Equal([["01/2015", "1", "2"], ["02/2015", "2", "13"], ["01/2016", "1", "1"]], Rows(page, "svg.meses + table"));
        Assert.Equal(["01/15", "02/15", "01/16"], page.QuerySelectorAll("svg.meses text").Select(label => label.TextContent));
        Assert.Equal(["23", "150", "11"], page.QuerySelectorAll("svg.meses rect").Select(bar => bar.GetAttribute("height")));
    }

    [Fact]
    public async Task Accident_chart_lists_the_accidents_newest_first()
    {
        var page = await service.Browser.OpenAsync(Accidents);

        Assert.Equal("Acidentes: 2. Sem número de CAT: 1. Dias perdidos: 11. Pacientes: 2.", page.QuerySelector("p.resumo")!.TextContent);
        Assert.Equal([["02/2015", "2", "1", "11"]], Rows(page, "svg.meses + table"));
        Assert.Equal(
            [
                ["3", "05/02/2015", "05/02/2015", "1", "-", "Outros", "sem número"],
                ["2", "01/02/2015", "10/02/2015", "10", "J10", "X", "2015/1 <&>"],
            ],
            Rows(page, "table.lista"));
        Assert.Equal(["/atestados/3/", "/atestados/2/"], page.QuerySelectorAll("table.lista a").Select(link => link.GetAttribute("href")));
    }

    [Theory]
    [InlineData("?empresa=8", 1, 1, 1)]
    [InlineData("?empresa=oito&de=1/2/2015&ate=2015-02-01", 4, 16, 3)]
    [InlineData("?de=01/02/2015", 4, 14, 3)]
    [InlineData("?ate=01/02/2015", 2, 4, 2)]
    [InlineData("?de=%2001/02/2015&ate=02/02/2015", 2, 4, 2)]
    [InlineData("?de=31/02/2015&de=01/01/2016", 1, 1, 1)]
    [InlineData("?empresa=99", 0, 0, 0)]
    public async Task Filter_counts(string query, int absences, int days, int patients)
    {
        var page = await service.Browser.OpenAsync(Consolidated + query);

        Assert.Equal($"Atestados: {absences}. Dias perdidos: {days}. Pacientes: {patients}.", page.QuerySelector("p.resumo")!.TextContent);
    }

    [Fact]
    public async Task Links_keep_what_the_filter_understood()
    {
        var page = await service.Browser.OpenAsync(Accidents + "?empresa=%2B8&de=01/02/2015&ate=never");

        Assert.Equal(
            [
                "/clientes/absenteismo/graficos/consolidado/?empresa=8&de=01%2F02%2F2015",
                "/clientes/absenteismo/graficos/cat/?empresa=8&de=01%2F02%2F2015",
                "/clientes/absenteismo/graficos/cat/exportar/?empresa=8&de=01%2F02%2F2015",
            ],
            page.QuerySelectorAll("p.links a").Select(link => link.GetAttribute("href")));
        Assert.Equal(["8", "01/02/2015", ""], page.QuerySelectorAll("form.filtro input[type=text]").Select(field => field.GetAttribute("value")));
    }

    [Fact]
    public async Task Empty_chart_says_so()
    {
        var page = await service.Browser.OpenAsync(Accidents + "?empresa=99");

        Assert.Equal("Nenhum acidente no período.", page.QuerySelector("table.lista td")!.TextContent);
        Assert.Equal("40", page.QuerySelector("svg.meses")!.GetAttribute("width"));
    }

    protected abstract Task<ServiceStore> CreateStoreAsync();

    private static string[][] Rows(IDocument page, string table) =>
        [.. page.QuerySelector(table)!.QuerySelectorAll("tr").Skip(1).Select(row => row.QuerySelectorAll("td").Select(cell => cell.TextContent).ToArray())];
}

public sealed class ChartPageOnSqliteTests : ChartPageTests
{
    protected override Task<ServiceStore> CreateStoreAsync() => ServiceStore.SqliteAsync();
}

public sealed class ChartPageOnPostgresTests : ChartPageTests
{
    protected override Task<ServiceStore> CreateStoreAsync() => ServiceStore.PostgresAsync();
}
