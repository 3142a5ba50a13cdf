using System.Globalization;
using Clinic.Absenteeism.Pages;
using Clinic.Absenteeism.Reports;

namespace Clinic.Absenteeism.Charts;

/// <summary>What both charts have: the filter in the query, the form that shows it, the links that keep it, the bars by month.</summary>
internal sealed class ReportView(ReportFilter filter)
{
    private readonly string company = filter.CompanyId?.ToString(CultureInfo.InvariantCulture) ?? "";
    private readonly string from = Words.Day(filter.Period.From);
    private readonly string to = Words.Day(filter.Period.To);

    /// <summary>A value that makes no sense filters nothing.</summary>
    public static ReportFilter FilterOf(HttpContext context, bool workAccidentsOnly)
    {
        var query = new PageQuery(context.Request.Query);
        return new(query.Number("empresa"), new Period(query.Day("de"), query.Day("ate")), workAccidentsOnly);
    }

    public Html Form(string path, string exportPath) => new Html().Line($"""
        <form method="get" action="{path}" class="filtro">
        Empresa (código): <input type="text" name="empresa" size="6" value="{company}" />
        De: <input type="text" name="de" size="10" value="{from}" />
        Até: <input type="text" name="ate" size="10" value="{to}" />
        <input type="submit" value="Filtrar" />
        </form>
        <p class="links"><a href="{Link(ConsolidatedChart.Path)}">Consolidado</a> | <a href="{Link(WorkAccidentChart.Path)}">CAT</a> | <a href="{Link(exportPath)}">Exportar planilha</a></p>
        """);

    public static Html MonthBars(AbsenceReport report, string title, string color)
    {
        var most = Math.Max(1, report.Months.Values.Select(month => month.Days).DefaultIfEmpty().Max());
        var html = new Html().Line($"""
            <h2>{title}</h2>
            <svg class="meses" width="{40 + (report.Months.Count * 30)}" height="190">
            """);
        var left = 20;
        foreach (var (month, tally) in report.Months)
        {
            var height = 150L * tally.Days / most;
            html.Line($"""
                <rect x="{left}" y="{160 - height}" width="20" height="{height}" fill="{color}"><title>{Words.Month(month)}: {tally.Days}</title></rect>
                <text x="{left + 10}" y="175" font-size="8" text-anchor="middle">{Words.ShortMonth(month)}</text>
                """);
            left += 30;
        }

        return html.Line($"</svg>");
    }

    private string Link(string path) => PageQuery.Link(path, ("empresa", company), ("de", from), ("ate", to));
}
