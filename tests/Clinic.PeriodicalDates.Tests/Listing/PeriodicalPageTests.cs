using Clinic.PeriodicalDates.Tests.Running;
using Strangler.Messaging;

namespace Clinic.PeriodicalDates.Tests.Listing;

/// <summary>What the list shows, on each engine.</summary>
public abstract class PeriodicalPageTests : IAsyncLifetime
{
    private ServiceStore store = null!;
    private RunningService service = null!;

    public async ValueTask InitializeAsync()
    {
        store = await CreateStoreAsync();
        service = await RunningService.StartAsync(store.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        await service.DisposeAsync();
        await store.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Names_are_ordered_without_accents_then_by_id()
    {
        await SayAsync(
            Said.Listed(1, "Zoé", 1), Said.Listed(2, "Érica", 1), Said.Listed(3, "Erica", 1), Said.Listed(4, "Eduardo", 1), Said.Listed(5, "Ábaco", 1),
            Said.Listed(6, "de Souza", 1), Said.Listed(7, "D'Ávila", 1), Said.Listed(8, "O-Hara", 1), Said.Listed(9, "Ohara", 1));

        var page = await service.Browser.OpenAsync("/periodicos/");

        Assert.Equal(["ÁBACO", "D'ÁVILA", "DE SOUZA", "EDUARDO", "ÉRICA", "ERICA", "O-HARA", "OHARA", "ZOÉ"], page.Names());
    }

    [Fact]
    public async Task Row_shows_name_company_last_exam_days_and_status()
    {
        await SayAsync(Said.Listed(1, "Ana", -1), Said.Listed(2, "Bia", 0, "Loja", null), Said.Listed(3, "Caio", 31, null, null));

        var page = await service.Browser.OpenAsync("/periodicos/");

        Assert.Equal(
            [
                ["ANA", "PADARIA SÃO JOSÉ", "25/07/2015", "-1", "Vencido"],
                ["BIA", "LOJA", "25/07/2015", "0", "Vence em 30 dias"],
                ["CAIO", "-", "25/07/2015", "31", "Em dia"],
            ],
            page.Rows());
        Assert.Equal(
            ["/pacientes/1/", "/periodicos/?empresa=7", "/pacientes/2/", "/pacientes/3/"],
            page.QuerySelectorAll("table.lista a").Select(link => link.GetAttribute("href")));
        Assert.Equal(["par vencido", "impar vence", "par emdia"], page.QuerySelectorAll("table.lista tr[class]").Select(row => row.ClassName));
        Assert.Equal(["33,3%", "33,3%", "33,3%"], page.QuerySelectorAll("table.barras tr").Select(bar => bar.Children[3].TextContent));
    }

    [Fact]
    public async Task Only_active_patients_on_file_with_an_exam_are_listed()
    {
        await SayAsync(
            Said.Listed(1, "Ana", 1),
            [Said.Registered(2, "Left the company", 1, active: false), Said.ChangedV1(2, new(2015, 7, 25), 1, 1)],
            [Said.Registered(3, "No exam", 1)],
            [Said.ChangedV1(4, new(2015, 7, 25), 1, 1)],
            [.. Said.Listed(5, "Removed", 1), Said.Removed(5, 2)],
            [.. Said.Listed(6, "Withdrawn", 1), Said.Withdrawn(6, 2)]);

        Assert.Equal(["ANA"], (await service.Browser.OpenAsync("/periodicos/")).Names());
    }

    [Theory]
    [InlineData("/periodicos/?q=jose", "JOSÉ 100%", "JOSÉ_")]
    [InlineData("/periodicos/?q=%20JOS%C3%89%20", "JOSÉ 100%", "JOSÉ_")]
    [InlineData("/periodicos/?q=%25", "JOSÉ 100%")]
    [InlineData("/periodicos/?q=_", "JOSÉ_")]
    [InlineData("/periodicos/?q=!", "ANA!")]
    [InlineData("/periodicos/?q=%5C")]
    [InlineData("/periodicos/?q=%00")]
    [InlineData("/periodicos/?q=ana&q=jose", "JOSÉ 100%", "JOSÉ_")]
    [InlineData("/periodicos/?empresa=8", "ANA!")]
    [InlineData("/periodicos/?empresa=%2B8", "ANA!")]
    [InlineData("/periodicos/?empresa=oito", "ANA!", "JOSÉ 100%", "JOSÉ_")]
    [InlineData("/periodicos/?empresa=8&q=jose")]
    [InlineData("/periodicos/vencendo/", "JOSÉ 100%")]
    [InlineData("/periodicos/vencendo/?dias=31", "ANA!", "JOSÉ 100%")]
    [InlineData("/periodicos/vencendo/?dias=x", "JOSÉ 100%")]
    [InlineData("/periodicos/vencendo/?dias=-1")]
    public async Task Filter_finds(string url, params string[] names)
    {
        await SayAsync(Said.Listed(1, "Ana!", 31, "Loja", 8), Said.Listed(2, "José 100%", 30), Said.Listed(3, "José_", -1));

        Assert.Equal(names, (await service.Browser.OpenAsync(url)).Names());
    }

    [Theory]
    [InlineData("", 1, 50, "Página 1 de 3.")]
    [InlineData("?pagina=2", 51, 50, "Página 2 de 3.")]
    [InlineData("?pagina=3", 101, 20, "Página 3 de 3.")]
    [InlineData("?pagina=4", 101, 20, "Página 3 de 3.")]
    [InlineData("?pagina=0", 101, 20, "Página 3 de 3.")]
    [InlineData("?pagina=dois", 1, 50, "Página 1 de 3.")]
    public async Task Page_has_50_rows_and_a_number_that_is_no_page_is_the_last(string query, int first, int rows, string number)
    {
        await SayAsync([.. Enumerable.Range(1, 120).Select(patient => Said.Listed(patient, $"Paciente {patient:000}", patient))]);

        var page = await service.Browser.OpenAsync("/periodicos/" + query);

        Assert.Equal(Enumerable.Range(first, rows).Select(patient => $"PACIENTE {patient:000}"), page.Names());
        Assert.Contains($"120 pacientes. {number}", page.QuerySelector("p.paginas")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Links_keep_the_filter()
    {
        await SayAsync([.. Enumerable.Range(1, 120).Select(patient => Said.Listed(patient, $"José & Filhos {patient:000}", 5))]);

        var page = await service.Browser.OpenAsync("/periodicos/vencendo/?dias=10&q=jos%C3%A9+%26&empresa=7&pagina=2");

        Assert.Equal(
            [
                "/periodicos/vencendo/?empresa=7&q=jos%C3%A9%20%26&dias=10&pagina=1",
                "/periodicos/vencendo/?empresa=7&q=jos%C3%A9%20%26&dias=10&pagina=3",
            ],
            page.QuerySelectorAll("p.paginas a").Select(link => link.GetAttribute("href")));
        Assert.Equal(
            "/periodicos/exportar/?empresa=7&q=jos%C3%A9%20%26&dias=10",
            page.QuerySelectorAll("p.links a")[^1].GetAttribute("href"));
    }

    protected abstract Task<ServiceStore> CreateStoreAsync();

    private Task SayAsync(params Envelope[][] messages) => service.PublishAsync([.. messages.SelectMany(message => message)]);
}

public sealed class PeriodicalPageOnSqliteTests : PeriodicalPageTests
{
    protected override Task<ServiceStore> CreateStoreAsync() => ServiceStore.SqliteAsync();
}

public sealed class PeriodicalPageOnPostgresTests : PeriodicalPageTests
{
    protected override Task<ServiceStore> CreateStoreAsync() => ServiceStore.PostgresAsync();
}
