using System.Globalization;
using System.Text.RegularExpressions;
using Dapper;
using EndToEnd.Tests.Clinics;
using Strangler.Messaging;

namespace EndToEnd.Tests.Parity;

/// <summary>Whatever a user asks, the service answers what legacy does: status, headers and bytes.</summary>
public abstract partial class ParityTests<TClinic>(TClinic clinic) : IClassFixture<TClinic>
    where TClinic : ParityClinic
{
    private static readonly string[] Reading = ["GET", "HEAD"];

    [Fact]
    public async Task Every_page_of_the_periodical_list_and_every_filter_is_the_same()
    {
        await clinic.SettledAsync();
        var first = await clinic.AskLegacyAsync("GET", "/periodicos/");
        var pages = int.Parse(NumberOfPages().Match(first.Text).Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.True(pages > 10, $"{pages} pages are too few to mean anything.");

        await AssertSameAsync(Questions.Periodicals(pages), "GET");
    }

    [Fact]
    public async Task Every_absence_chart_and_every_filter_is_the_same()
    {
        await clinic.SettledAsync();
        var chart = await clinic.AskLegacyAsync("GET", "/clientes/absenteismo/graficos/cat/");
        var accidents = int.Parse(NumberOfAccidents().Match(chart.Text).Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.True(accidents > 50, $"{accidents} accidents are too few to mean anything.");

        await AssertSameAsync(Questions.Absences(), "GET");
    }

    [Fact]
    public async Task Every_path_and_verb_is_the_same_also_where_there_is_no_page()
    {
        await clinic.SettledAsync();
        string[] pages = ["/periodicos/", "/periodicos/vencendo/?dias=30", "/periodicos/exportar/", "/clientes/absenteismo/graficos/cat/", "/clientes/absenteismo/graficos/consolidado/exportar/"];

        await AssertSameAsync(Questions.Paths(), Reading);
        await AssertSameAsync([.. pages, "/periodicos/nada/", "/periodicos", "/clientes/absenteismo/graficos/cat"], "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "PROPFIND");
    }

    /// <summary>Rows are spoiled and mended in the ways the seed knows, past the application, as somebody with a SQL prompt does.</summary>
    [Fact]
    public async Task Pages_stay_the_same_while_rows_change_in_every_awkward_way()
    {
        await clinic.SettledAsync();
        await using (var legacy = StoreDataSource.Create(clinic.LegacyStore))
        await using (var connection = await legacy.OpenConnectionAsync())
        {
            foreach (var sql in Changes) await connection.ExecuteAsync(sql);
        }

        await clinic.SettledAsync();

        await AssertSameAsync(["/periodicos/", "/periodicos/?pagina=99999", "/periodicos/?q=trocad", "/periodicos/vencendo/?dias=100", "/periodicos/exportar/"], Reading);
        await AssertSameAsync(Questions.Absences().Where(url => !url.Contains('?', StringComparison.Ordinal)), Reading);
    }

    private static readonly string[] Changes =
    [
        "update site_paciente set nome = 'Trocado ' || nome where id % 50 = 1",
        "update site_paciente set nome = 'JOS\u00C3\u0089 &amp; <b>Trocada</b>; \"x\"  ' where id % 500 = 2",
        "update site_paciente set status = 'I' where id % 50 = 3",
        "update site_paciente set status = 'ATIVO' where id % 50 = 4",
        "update site_paciente set status = '??' where id % 500 = 5",
        "update site_paciente set excluido = 'S' where id % 100 = 6",
        "update site_paciente set excluido = null, dt_excl = null where id % 100 = 7",
        "update site_paciente set dt_excl = '25/07/2015' where id % 200 = 8",
        "update site_paciente set unificado_em = id - 1 where id % 200 = 9",
        "update site_paciente set unificado_em = null where id % 200 = 10",
        "update site_paciente set dias_venc = '30.0' where id % 100 = 11",
        "update site_paciente set dias_venc = '-5' where id % 50 = 12",
        "update site_paciente set dias_venc = '2147483647' where id % 500 = 13",
        "update site_paciente set dias_venc = null where id % 200 = 14",
        "update site_paciente set dt_ult_exame = '31/02/2015' where id % 200 = 15",
        "update site_paciente set dt_ult_exame = '2015-07-25 10:00' where id % 50 = 16",
        "update site_paciente set dt_ult_exame = null where id % 200 = 17",
        "update site_paciente set empresa_id = null where id % 200 = 18",
        "update site_paciente set empresa_nome = null where id % 200 = 19",
        "update site_paciente set empresa_nome = 'Caf\u00E9 & Cia', empresa_id = 3 where id % 100 = 20",
        "update site_paciente set nome = '' where id % 500 = 21",
        "delete from site_paciente where id % 200 = 22",
        "update site_paciente set obs = 'nada', tel = '0' where id % 10 = 0",
        "update site_absenteismo set inicio = '25/07/2015', fim = '2015-07-27' where id % 20 = 1",
        "update site_absenteismo set fim = null, dias = 3 where id % 20 = 2",
        "update site_absenteismo set fim = '01/01/2001' where id % 20 = 3",
        "update site_absenteismo set dias_txt = '4 horas' where id % 20 = 4",
        "update site_absenteismo set cat = 'S', cid_txt = 'm545 lombalgia' where id % 20 = 5",
        "update site_absenteismo set cat = ' 2015/123-4 ', cid_txt = 'D50' where id % 20 = 6",
        "update site_absenteismo set cid_txt = 'DOR NAS COSTAS' where id % 20 = 7",
        "update site_absenteismo set paciente_id = null where id % 40 = 8",
        "update site_absenteismo set empresa_id = 2, cid_txt = 'Z00,0' where id % 20 = 9",
        "delete from site_absenteismo where id % 40 = 10",
    ];

    private async Task AssertSameAsync(IEnumerable<string> targets, params string[] methods)
    {
        foreach (var target in targets)
        {
            foreach (var method in methods)
            {
                Answer.AssertSame($"{method} {target}", await clinic.AskLegacyAsync(method, target), await clinic.AskServiceAsync(method, target));
            }
        }
    }

    [GeneratedRegex(@"Página 1 de (\d+)\.")]
    private static partial Regex NumberOfPages();

    [GeneratedRegex(@"Acidentes: <strong>(\d+)</strong>")]
    private static partial Regex NumberOfAccidents();
}

public sealed class SqliteParityTests(SqliteParityClinic clinic) : ParityTests<SqliteParityClinic>(clinic);

public sealed class PostgresParityTests(PostgresParityClinic clinic) : ParityTests<PostgresParityClinic>(clinic);
