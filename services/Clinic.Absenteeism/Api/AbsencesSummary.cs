using System.ComponentModel;
using System.Data.Common;
using System.Globalization;
using Clinic.Absenteeism.Reports;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.OpenApi;

namespace Clinic.Absenteeism.Api;

/// <summary>GET /api/absences/summary: days lost, by ICD-10 chapter and by month.</summary>
internal static class AbsencesSummary
{
    public const string Path = "/api/absences/summary";

    private static readonly WholeNumbers Companies = new(1, int.MaxValue);

    public sealed record ByChapter(string? Chapter, int Absences, int Days);

    public sealed record ByMonth(string Month, int Absences, int Days);

    public sealed record Summary(int Absences, int Days, int Patients, IReadOnlyList<ByChapter> Chapters, IReadOnlyList<ByMonth> Months);

    public static async Task<Results<Ok<Summary>, ValidationProblem>> Handle(
        [FromQuery(Name = "from"), Description("First day. Open when left out.")] string? from,
        [FromQuery(Name = "to"), Description("Last day, not before the first. Open when left out.")] string? to,
        [FromQuery(Name = "company_id"), Description("Absences of this employer alone. All when left out.")] string? companyId,
        [FromQuery(Name = "work_accidents"), Description("Accidents at work alone. false when left out.")] string? workAccidents,
        DbDataSource store,
        CancellationToken cancellation)
    {
        var checks = new QueryChecks();
        var period = new Period(checks.Day("from", from), checks.Day("to", to));
        if (period.To < period.From) checks.Errors["to"] = ["Give a day that is not before from."];
        var company = checks.Integer("company_id", companyId, Companies);
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

    /// <summary>What the signature does not say: it takes text, so that every error can be told at once.</summary>
    public static void Describe(RouteHandlerBuilder endpoint) => endpoint
        .WithName("AbsencesSummary")
        .WithSummary("Days lost to illness and accidents, by ICD-10 chapter and by month")
        .WithTags("Absences")
        .Produces(StatusCodes.Status401Unauthorized)
        .AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.DescribeQuery("from", new() { Type = JsonSchemaType.String, Format = "date" });
            operation.DescribeQuery("to", new() { Type = JsonSchemaType.String, Format = "date" });
            operation.DescribeQuery("company_id", Companies.Schema);
            operation.DescribeQuery("work_accidents", new() { Type = JsonSchemaType.Boolean });
            return Task.CompletedTask;
        });

    private static ByChapter Chapter(KeyValuePair<int, Tally> chapter) =>
        new(IcdChapter.NumeralOf(chapter.Key), chapter.Value.Absences, chapter.Value.Days);

    private static ByMonth Month(KeyValuePair<DateOnly, Tally> month) =>
        new(month.Key.ToString("yyyy-MM", CultureInfo.InvariantCulture), month.Value.Absences, month.Value.Days);
}
