using System.Data.Common;
using System.Globalization;
using Clinic.Absenteeism.Absences;
using Clinic.Absenteeism.Pages;
using Clinic.Absenteeism.Reports;

namespace Clinic.Absenteeism.Charts;

/// <summary>GET /clientes/absenteismo/graficos/cat/: accidents at work by month, and the newest 50 (CAT is the notice that each must have).</summary>
internal static class WorkAccidentChart
{
    public const string Path = "/clientes/absenteismo/graficos/cat/";
    public const string ExportPath = Path + "exportar/";
    private const string Title = "Acidentes de trabalho (CAT)";
    private const int Listed = 50;

    public static async Task<PageAnswer> Handle(HttpContext context, DbDataSource store)
    {
        var filter = ReportView.FilterOf(context, workAccidentsOnly: true);
        var report = await AbsenceQuery.ReportAsync(store, filter, context.RequestAborted);
        var total = report.Total;
        var content = new Html().Line($"<h1>{Title}</h1>");
        content.Add($"{new ReportView(filter).Form(Path, ExportPath)}");
        content.Line($"""<p class="resumo">Acidentes: <strong>{total.Absences}</strong>. Sem número de CAT: <strong>{total.WithoutCatNumber}</strong>. Dias perdidos: <strong>{total.Days}</strong>. Pacientes: <strong>{report.Patients}</strong>.</p>""");
        content.Add($"""{ReportView.MonthBars(report, "Acidentes por mês", "#cc3333")}""");
        AddMonths(content, report);
        AddNewest(content, report);
        return PageAnswer.Page(Layout.Frame(Title, context.User, content));
    }

    public static async Task<PageAnswer> HandleExport(HttpContext context, DbDataSource store)
    {
        var report = await AbsenceQuery.ReportAsync(store, ReportView.FilterOf(context, workAccidentsOnly: true), context.RequestAborted);
        var sheet = new Spreadsheet();
        sheet.Row("Atestado", "Início", "Fim", "Dias", "CID", "Capítulo", "CAT");
        foreach (var accident in report.Absences)
        {
            sheet.Row(
                accident.AbsenceId.ToString(CultureInfo.InvariantCulture),
                Words.Day(accident.StartsOn),
                Words.Day(accident.EndsOn),
                accident.Days.ToString(CultureInfo.InvariantCulture),
                accident.Cid ?? "-",
                accident.Chapter ?? "Outros",
                accident.CatNumber ?? "sem número");
        }

        return PageAnswer.Download("cat.csv", sheet);
    }

    private static void AddMonths(Html html, AbsenceReport report)
    {
        html.Line($"""
            <table class="grafico">
            <tr><th>Mês</th><th>Acidentes</th><th>Sem número</th><th>Dias</th></tr>
            """);
        foreach (var (month, tally) in report.Months)
        {
            html.Line($"""<tr><td>{Words.Month(month)}</td><td class="num">{tally.Absences}</td><td class="num">{tally.WithoutCatNumber}</td><td class="num">{tally.Days}</td></tr>""");
        }

        html.Line($"</table>");
    }

    private static void AddNewest(Html html, AbsenceReport report)
    {
        html.Line($"""
            <h2>Últimos acidentes</h2>
            <table class="lista">
            <tr><th>Atestado</th><th>Início</th><th>Fim</th><th>Dias</th><th>CID</th><th>Capítulo</th><th>CAT</th></tr>
            """);
        if (report.Absences.Count == 0) html.Line($"""<tr><td colspan="7">Nenhum acidente no período.</td></tr>""");
        foreach (var (index, accident) in report.Absences.Take(Listed).Index()) AddRow(html, accident, index % 2 == 0 ? "par" : "impar");
        html.Line($"</table>");
    }

    private static void AddRow(Html html, Absence accident, string stripe)
    {
        html.Add($"""<tr class="{stripe}"><td><a href="/atestados/{accident.AbsenceId}/">{accident.AbsenceId}</a></td><td>{accident.StartsOn}</td><td>{accident.EndsOn}</td>""");
        html.Add($"""<td class="num">{accident.Days}</td><td>{accident.Cid ?? "-"}</td><td>{accident.Chapter ?? "Outros"}</td><td>""");
        if (accident.CatNumber is { } number) html.Add($"{number}");
        else html.Add($"<em>sem número</em>");
        html.Line($"</td></tr>");
    }
}
