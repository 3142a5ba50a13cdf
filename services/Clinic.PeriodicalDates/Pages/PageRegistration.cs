namespace Clinic.PeriodicalDates.Pages;

internal static class PageRegistration
{
    /// <summary>Serves the pages, after authentication, wherever no endpoint answers.</summary>
    public static void UsePages(this WebApplication app, IReadOnlyDictionary<string, Page> pages)
    {
        var table = ActivatorUtilities.CreateInstance<PageTable>(app.Services, pages);
        app.Use((context, next) => context.GetEndpoint() is null ? table.AnswerAsync(context) : next(context));
    }
}
