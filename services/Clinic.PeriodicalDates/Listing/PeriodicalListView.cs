using System.Globalization;
using Clinic.PeriodicalDates.ExamDates;
using Clinic.PeriodicalDates.Pages;

namespace Clinic.PeriodicalDates.Listing;

/// <summary>The markup of the list: filter, bars, table and links between pages.</summary>
internal sealed class PeriodicalListView(string path, PeriodicalFilter filter)
{
    private readonly string company = Digits(filter.CompanyId);
    private readonly string name = string.IsNullOrWhiteSpace(filter.Name) ? "" : filter.Name;
    private readonly string days = Digits(filter.DueWithin);

    public Html Content(string title, ExamCounts counts, IReadOnlyList<ListedExam> exams, int page, int pages)
    {
        var html = new Html().Line($"<h1>{title}</h1>");
        AddForm(html);
        AddBars(html, counts);
        AddTable(html, exams);
        AddPaging(html, counts.Total, page, pages);
        return html;
    }

    private void AddForm(Html html)
    {
        html.Line($"""
            <form method="get" action="{path}" class="filtro">
            Empresa (código): <input type="text" name="empresa" size="6" value="{company}" />
            Nome: <input type="text" name="q" size="30" value="{name}" />
            """);
        if (filter.DueWithin is not null) html.Line($"""Dias: <input type="text" name="dias" size="4" value="{days}" />""");
        html.Line($"""
            <input type="submit" value="Filtrar" />
            </form>
            """);
    }

    private void AddBars(Html html, ExamCounts counts)
    {
        html.Line($"""<table class="barras">""");
        AddBar(html, ExamStatus.Overdue, counts.Overdue, counts.Total);
        AddBar(html, ExamStatus.DueSoon, counts.DueSoon, counts.Total);
        AddBar(html, ExamStatus.UpToDate, counts.UpToDate, counts.Total);
        html.Line($"""
            </table>
            <p class="links"><a href="{ListPeriodicals.AllPath}">Todos</a> | <a href="{ListPeriodicals.DuePath}?dias=30">Vencendo em 30 dias</a> | <a href="{Link(ExportPeriodicals.Path)}">Exportar planilha</a></p>
            """);
    }

    private static void AddBar(Html html, ExamStatus status, int part, int total)
    {
        var width = total == 0 ? 0 : 100L * part / total;
        html.Line($"""<tr><th>{ListWords.Label(status)}</th><td class="barra"><div class="{ListWords.Style(status)}" style="width:{width}%"></div></td><td class="num">{part}</td><td class="num">{Percentage(part, total)}%</td></tr>""");
    }

    private static void AddTable(Html html, IReadOnlyList<ListedExam> exams)
    {
        html.Line($"""
            <table class="lista">
            <tr><th>Nome</th><th>Empresa</th><th>Último exame</th><th>Dias</th><th>Situação</th></tr>
            """);
        if (exams.Count == 0) html.Line($"""<tr><td colspan="5">Nenhum paciente encontrado.</td></tr>""");
        for (var index = 0; index < exams.Count; index++) AddRow(html, exams[index], index % 2 == 0 ? "par" : "impar");
        html.Line($"</table>");
    }

    private static void AddRow(Html html, ListedExam exam, string stripe)
    {
        var status = PeriodicalExam.StatusAfter(exam.ExpirationDays);
        var companyName = ListWords.Company(exam.CompanyName);
        html.Add($"""<tr class="{stripe} {ListWords.Style(status)}"><td><a href="/pacientes/{exam.PatientId}/">{exam.Name}</a></td><td>""");
        if (exam.CompanyId is { } companyId) html.Add($"""<a href="{ListPeriodicals.AllPath}?empresa={companyId}">{companyName}</a>""");
        else html.Add($"{companyName}");
        html.Line($"""</td><td>{exam.LastExamDate}</td><td class="num">{exam.ExpirationDays}</td><td>{ListWords.Label(status)}</td></tr>""");
    }

    private void AddPaging(Html html, int total, int page, int pages)
    {
        html.Add($"""<p class="paginas">{total} {(total == 1 ? "paciente" : "pacientes")}. Página {page} de {pages}.""");
        if (page > 1) html.Add($""" <a href="{Link(path, page - 1)}">&laquo; anterior</a>""");
        if (page < pages) html.Add($""" <a href="{Link(path, page + 1)}">próxima &raquo;</a>""");
        html.Line($"</p>");
    }

    private string Link(string target, int? page = null) =>
        PageQuery.Link(target, ("empresa", company), ("q", name), ("dias", days), ("pagina", Digits(page)));

    /// <summary>One decimal, half away from zero: 12,5.</summary>
    private static string Percentage(int part, int total)
    {
        var percentage = total == 0 ? 0m : Math.Round(100m * part / total, 1, MidpointRounding.AwayFromZero);
        return percentage.ToString("0.0", CultureInfo.InvariantCulture).Replace('.', ',');
    }

    private static string Digits(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "";
}
