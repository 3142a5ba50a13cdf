using System.Net;
using System.Text;

namespace Warehouse;

/// <summary>The page of a part as users know it. Whoever answers for the route writes these bytes.</summary>
internal static class PartPage
{
    public static IResult Found(string description, int pieces, string bin) => Html(
        200, $"<h1>{WebUtility.HtmlEncode(description)}</h1>\n<p>{pieces} pieces in {WebUtility.HtmlEncode(bin)}</p>\n");

    public static IResult Unknown() => Html(404, "<h1>NO SUCH PART</h1>\n");

    private static IResult Html(int status, string body) => Results.Content(body, "text/html", Encoding.UTF8, status);
}
