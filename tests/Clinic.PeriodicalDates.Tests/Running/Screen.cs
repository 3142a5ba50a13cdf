using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace Clinic.PeriodicalDates.Tests.Running;

/// <summary>Pages as a browser sees them.</summary>
internal static class Screen
{
    public static async Task<IDocument> OpenAsync(this HttpClient browser, string url)
    {
        using var response = await browser.GetAsync(url);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return new HtmlParser().ParseDocument(await response.Content.ReadAsStringAsync());
    }

    /// <summary>The cells of the list, row by row.</summary>
    public static string[][] Rows(this IDocument page) =>
        [.. page.QuerySelectorAll("table.lista tr").Skip(1).Select(row => row.QuerySelectorAll("td").Select(cell => cell.TextContent).ToArray())];

    public static string[] Names(this IDocument page) => [.. page.Rows().Where(row => row.Length > 1).Select(row => row[0])];
}
