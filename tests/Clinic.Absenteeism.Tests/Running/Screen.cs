using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace Clinic.Absenteeism.Tests.Running;

/// <summary>Pages as a browser sees them.</summary>
internal static class Screen
{
    public static async Task<IDocument> OpenAsync(this HttpClient browser, string url)
    {
        using var response = await browser.GetAsync(url);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return new HtmlParser().ParseDocument(await response.Content.ReadAsStringAsync());
    }
}
