using System.Data.Common;
using System.Globalization;
using Clinic.Absenteeism.Pages;
using Clinic.Absenteeism.Reports;

namespace Clinic.Absenteeism.Charts;

/// <summary>GET /clientes/absenteismo/graficos/consolidado/: days lost by ICD-10 chapter and by month.</summary>
internal static class ConsolidatedChart
{
    public const string Path = "/clientes/absenteismo/graficos/consolidado/";
    public const string ExportPath = Path + "exportar/";
    private const string Title = "Absenteísmo consolidado";

    public static async Task<PageAnswer> Handle(HttpContext context, DbDataSource store)
    {
        var filter = ReportView.FilterOf(context, workAccidentsOnly: false);
        var report = await AbsenceQuery.ReportAsync(store, filter, context.RequestAborted);
        var total = report.Total;
        var content = new Html().Line($"<h1>{Title}</h1>");
        content.Add($"{new ReportView(filter).Form(Path, ExportPath)}");
        content.Line($"""<p class="resumo">Atestados: <strong>{total.Absences}</strong>. Dias perdidos: <strong>{total.Days}</strong>. Pacientes: <strong>{report.Patients}</strong>.</p>""");
        AddChapters(content, report);
        content.Add($"""{ReportView.MonthBars(report, "Dias perdidos por mês", "#336699")}""");
        AddMonths(content, report);
        return PageAnswer.Page(Layout.Frame(Title, context.User, content));
    }

    public static async Task<PageAnswer> HandleExport(HttpContext context, DbDataSource store)
    {
        var report = await AbsenceQuery.ReportAsync(store, ReportView.FilterOf(context, workAccidentsOnly: false), context.RequestAborted);
        var sheet = new Spreadsheet();
        sheet.Row("Grupo", "Item", "Atestados", "Dias", "Percentual");
        foreach (var (chapter, tally) in ChapterRanking.Of(report)) AddRow("Capítulo", IcdChapter.TitleOf(chapter), tally);
        foreach (var (month, tally) in report.Months) AddRow("Mês", Words.Month(month), tally);
        AddRow("Total", "", report.Total);
        return PageAnswer.Download("absenteismo.csv", sheet);

        void AddRow(string group, string item, Tally tally) => sheet.Row(
            group,
            item,
            tally.Absences.ToString(CultureInfo.InvariantCulture),
            tally.Days.ToString(CultureInfo.InvariantCulture),
            Words.Percentage(tally.Days, report.Total.Days));
    }

    private static void AddChapters(Html html, AbsenceReport report)
    {
        html.Line($"""
            <h2>Por capítulo da CID-10</h2>
            <table class="grafico">
            <tr><th>Capítulo</th><th>Atestados</th><th>Dias</th><th>%</th><th></th></tr>
            """);
        foreach (var (chapter, tally) in ChapterRanking.Of(report))
        {
            var width = report.Total.Days == 0 ? 0 : 300L * tally.Days / report.Total.Days;
            var color = chapter == IcdChapter.Other ? "#999999" : "#336699";
            html.Line($"""<tr><td>{IcdChapter.TitleOf(chapter)}</td><td class="num">{tally.Absences}</td><td class="num">{tally.Days}</td><td class="num">{Words.Percentage(tally.Days, report.Total.Days)}</td><td><svg width="300" height="14"><rect x="0" y="0" width="{width}" height="14" fill="{color}" /></svg></td></tr>""");
        }

        html.Line($"</table>");
    }

    private static void AddMonths(Html html, AbsenceReport report)
    {
        html.Line($"""
            <table class="grafico">
            <tr><th>Mês</th><th>Atestados</th><th>Dias</th></tr>
            """);
        foreach (var (month, tally) in report.Months)
        {
            html.Line($"""<tr><td>{Words.Month(month)}</td><td class="num">{tally.Absences}</td><td class="num">{tally.Days}</td></tr>""");
        }

        html.Line($"</table>");
    }
}
