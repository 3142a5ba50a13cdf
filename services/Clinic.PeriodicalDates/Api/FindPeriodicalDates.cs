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

    private static readonly WholeNumbers DaysAhead = new(0, 36_500);
    private static readonly WholeNumbers Pages = new(1, 1_000_000);
    private static readonly WholeNumbers Sizes = new(1, 200);

    public sealed record PeriodicalDate(
        long PatientId, string Name, long? CompanyId, DateOnly LastExamDate, int ExpirationDays, DateOnly? DueOn, ExamStatus Status);

    public sealed record PeriodicalDatesPage(int Page, int PageSize, int Total, IReadOnlyList<PeriodicalDate> Items);

    public static async Task<Results<Ok<PeriodicalDatesPage>, ValidationProblem>> Handle(
        [FromQuery(Name = "due_within"), Description("Only exams due in 0 to so many days, as last reported. All when left out.")] string? dueWithin,
        [FromQuery(Name = "page"), Description("Number of the page. 1 when left out.")] string? page,
        [FromQuery(Name = "page_size"), Description("Exams on a page. 50 when left out.")] string? pageSize,
        DbDataSource store,
        CancellationToken cancellation)
    {
        var checks = new QueryChecks();
        var days = checks.Integer("due_within", dueWithin, DaysAhead);
        var number = checks.Integer("page", page, Pages) ?? 1;
        var size = checks.Integer("page_size", pageSize, Sizes) ?? 50;
        if (checks.Errors.Count > 0) return TypedResults.ValidationProblem(checks.Errors);

        var list = new PeriodicalList(store, new PeriodicalFilter(CompanyId: null, Name: "", days));
        var counts = await list.CountAsync(cancellation);
        var exams = await list.ReadAsync((number - 1L) * size, size, cancellation);
        return TypedResults.Ok(new PeriodicalDatesPage(number, size, counts.Total, [.. exams.Select(Item)]));
    }

    /// <summary>What the signature does not say: it takes text, so that every error can be told at once.</summary>
    public static void Describe(RouteHandlerBuilder endpoint) => endpoint
        .WithName("FindPeriodicalDates")
        .WithSummary("Where active patients stand with their periodical exam, in the order of their names")
        .WithTags("Periodical dates")
        .Produces(StatusCodes.Status401Unauthorized)
        .AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.DescribeQuery("due_within", DaysAhead.Schema);
            operation.DescribeQuery("page", Pages.Schema);
            operation.DescribeQuery("page_size", Sizes.Schema);
            return Task.CompletedTask;
        });

    private static PeriodicalDate Item(ListedExam exam) => new(
        exam.PatientId,
        exam.Name,
        exam.CompanyId,
        exam.LastExamDate,
        exam.ExpirationDays,
        exam.DueOn,
        PeriodicalExam.StatusAfter(exam.ExpirationDays));
}
