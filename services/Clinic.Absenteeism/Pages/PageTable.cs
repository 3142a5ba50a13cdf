using System.Data.Common;
using Microsoft.AspNetCore.Http.Features;

namespace Clinic.Absenteeism.Pages;

/// <summary>Makes the answer of one page.</summary>
internal delegate Task<PageAnswer> Page(HttpContext context, DbDataSource store);

/// <summary>
/// Answers what no endpoint does, the way the site always has: paths count to the letter, a missing slash at the end is added by a redirect,
/// and whatever else there is not is a page too. Routing would ignore case and slash.
/// </summary>
internal sealed partial class PageTable(IReadOnlyDictionary<string, Page> pages, DbDataSource store, ILogger<PageTable> logger)
{
    public async Task AnswerAsync(HttpContext context)
    {
        PageAnswer answer;
        try
        {
            answer = await FindAsync(context);
        }
        catch (Exception failure) when (!context.RequestAborted.IsCancellationRequested)
        {
            LogFailed(failure, context.Request.Method);
            answer = PageAnswer.Page(StatusCodes.Status500InternalServerError, Layout.Failed());
        }

        await answer.WriteAsync(context);
    }

    private async Task<PageAnswer> FindAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        if (pages.TryGetValue(path, out var page))
        {
            return context.Request.Method is "GET" or "HEAD" ? await page(context, store) : PageAnswer.MethodNotAllowed("GET, HEAD");
        }

        return pages.ContainsKey(path + "/")
            ? PageAnswer.MovedTo(WithSlash(RawTarget(context)))
            : PageAnswer.Page(StatusCodes.Status404NotFound, Layout.NotFound(context.User));
    }

    /// <summary>Path and query as they came: nothing is decoded and encoded again on the way into a redirect.</summary>
    private static string RawTarget(HttpContext context) =>
        context.Features.Get<IHttpRequestFeature>()?.RawTarget is ['/', ..] target
            ? target
            : context.Request.Path.ToUriComponent() + context.Request.QueryString.ToUriComponent();

    private static string WithSlash(string target)
    {
        var query = target.IndexOf('?', StringComparison.Ordinal);
        return query < 0 ? target + "/" : target[..query] + "/" + target[query..];
    }

    // Neither path nor query: people are searched for by name.
    [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "A page failed on {Method}")]
    private partial void LogFailed(Exception failure, string method);
}
