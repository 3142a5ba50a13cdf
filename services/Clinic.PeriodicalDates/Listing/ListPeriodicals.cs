using System.Data.Common;
using System.Globalization;
using Clinic.PeriodicalDates.Pages;

namespace Clinic.PeriodicalDates.Listing;

/// <summary>GET /periodicos/ and /periodicos/vencendo/: who is due for the periodical exam, 50 a page.</summary>
internal static class ListPeriodicals
{
    public const string AllPath = "/periodicos/";
    public const string DuePath = "/periodicos/vencendo/";
    private const int PageSize = 50;
    private const int DefaultDueWithin = 30;

    public static Task<PageAnswer> HandleAll(HttpContext context, DbDataSource store)
    {
        var query = new PageQuery(context.Request.Query);
        return AnswerAsync(context, store, AllPath, "Exames periódicos", FilterOf(query, dueWithin: null));
    }

    public static Task<PageAnswer> HandleDue(HttpContext context, DbDataSource store)
    {
        var query = new PageQuery(context.Request.Query);
        var days = query.Number("dias") ?? DefaultDueWithin;
        var title = string.Create(CultureInfo.InvariantCulture, $"Periódicos vencendo em {days} dias");
        return AnswerAsync(context, store, DuePath, title, FilterOf(query, days));
    }

    public static PeriodicalFilter FilterOf(PageQuery query, int? dueWithin) => new(query.Number("empresa"), query.Text("q"), dueWithin);

    private static async Task<PageAnswer> AnswerAsync(HttpContext context, DbDataSource store, string path, string title, PeriodicalFilter filter)
    {
        var list = new PeriodicalList(store, filter);
        var counts = await list.CountAsync(context.RequestAborted);
        var pages = Math.Max(1, (counts.Total + PageSize - 1) / PageSize);
        var page = PageNumber(new PageQuery(context.Request.Query), pages);
        var exams = await list.ReadAsync((page - 1L) * PageSize, PageSize, context.RequestAborted);

        var view = new PeriodicalListView(path, filter);
        return PageAnswer.Page(Layout.Frame(title, context.User, view.Content(title, counts, exams, page, pages)));
    }

    /// <summary>Nothing and nonsense are the first page; a number that is none of the pages is the last.</summary>
    private static int PageNumber(PageQuery query, int pages)
    {
        var page = query.Number("pagina") ?? 1;
        return page < 1 || page > pages ? pages : page;
    }
}
