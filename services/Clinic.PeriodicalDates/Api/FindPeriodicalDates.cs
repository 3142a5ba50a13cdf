using System.ComponentModel;
using System.Data.Common;
using Clinic.PeriodicalDates.ExamDates;
using Clinic.PeriodicalDates.Listing;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Clinic.PeriodicalDates.Api;

/// <summary>GET /api/periodical-dates: where active patients stand with their periodical exam, page by page, in the order of their names.</summary>
internal static class FindPeriodicalDates
{
    public const string Path = "/api/periodical-dates";

    public sealed record PeriodicalDate(
        long PatientId, string Name, long? CompanyId, DateOnly LastExamDate, int ExpirationDays, DateOnly? DueOn, ExamStatus Status);

    public sealed record PeriodicalDatesPage(int Page, int PageSize, int Total, IReadOnlyList<PeriodicalDate> Items);

    public static async Task<Results<Ok<PeriodicalDatesPage>, ValidationProblem>> Handle(
        [FromQuery(Name = "due_within"), Description("Only exams due in 0 to so many days, as last reported: 0 to 36500. All when left out.")] string? dueWithin,
        [FromQuery(Name = "page"), Description("Number of the page, from 1 to 1000000. 1 when left out.")] string? page,
        [FromQuery(Name = "page_size"), Description("Exams on a page: 1 to 200. 50 when left out.")] string? pageSize,
        DbDataSource store,
        CancellationToken cancellation)
    {
        var checks = new QueryChecks();
        var days = checks.Integer("due_within", dueWithin, 0, 36_500);
        var number = checks.Integer("page", page, 1, 1_000_000) ?? 1;
        var size = checks.Integer("page_size", pageSize, 1, 200) ?? 50;
        if (checks.Errors.Count > 0) return TypedResults.ValidationProblem(checks.Errors);

        var list = new PeriodicalList(store, new PeriodicalFilter(CompanyId: null, Name: "", days));
        var counts = await list.CountAsync(cancellation);
        var exams = await list.ReadAsync((number - 1L) * size, size, cancellation);
        return TypedResults.Ok(new PeriodicalDatesPage(number, size, counts.Total, [.. exams.Select(Item)]));
    }

    private static PeriodicalDate Item(ListedExam exam) => new(
        exam.PatientId,
        exam.Name,
        exam.CompanyId,
        exam.LastExamDate,
        exam.ExpirationDays,
        exam.DueOn,
        PeriodicalExam.StatusAfter(exam.ExpirationDays));
}
