using System.ComponentModel;
using System.Data.Common;
using System.Globalization;
using Clinic.Absenteeism.Reports;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Clinic.Absenteeism.Api;

/// <summary>GET /api/absences/summary: days lost, by ICD-10 chapter and by month.</summary>
internal static class AbsencesSummary
{
    public const string Path = "/api/absences/summary";

    public sealed record ByChapter(string? Chapter, int Absences, int Days);

    public sealed record ByMonth(string Month, int Absences, int Days);

    public sealed record Summary(int Absences, int Days, int Patients, IReadOnlyList<ByChapter> Chapters, IReadOnlyList<ByMonth> Months);

    public static async Task<Results<Ok<Summary>, ValidationProblem>> Handle(
        [FromQuery(Name = "from"), Description("First day, yyyy-MM-dd. Open when left out.")] string? from,
        [FromQuery(Name = "to"), Description("Last day, yyyy-MM-dd, not before from. Open when left out.")] string? to,
        [FromQuery(Name = "company_id"), Description("Absences of this employer alone. All when left out.")] string? companyId,
        [FromQuery(Name = "work_accidents"), Description("true: accidents at work alone. false when left out.")] string? workAccidents,
        DbDataSource store,
        CancellationToken cancellation)
    {
        var checks = new QueryChecks();
        var period = new Period(checks.Day("from", from), checks.Day("to", to));
        if (period.To < period.From) checks.Errors["to"] = ["Give a day that is not before from."];
        var company = checks.Integer("company_id", companyId, 1, int.MaxValue);
        var accidentsOnly = checks.Truth("work_accidents", workAccidents) ?? false;
        if (checks.Errors.Count > 0) return TypedResults.ValidationProblem(checks.Errors);

        var report = await AbsenceQuery.ReportAsync(store, new ReportFilter(company, period, accidentsOnly), cancellation);
        return TypedResults.Ok(new Summary(
            report.Total.Absences,
            report.Total.Days,
            report.Patients,
            [.. report.Chapters.OrderBy(chapter => chapter.Key == IcdChapter.Other).ThenBy(chapter => chapter.Key).Select(Chapter)],
            [.. report.Months.Select(Month)]));
    }

    private static ByChapter Chapter(KeyValuePair<int, Tally> chapter) =>
        new(IcdChapter.NumeralOf(chapter.Key), chapter.Value.Absences, chapter.Value.Days);

    private static ByMonth Month(KeyValuePair<DateOnly, Tally> month) =>
        new(month.Key.ToString("yyyy-MM", CultureInfo.InvariantCulture), month.Value.Absences, month.Value.Days);
}
