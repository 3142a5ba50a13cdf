using System.Globalization;
using System.Text;

namespace Clinic.PeriodicalDates.Pages;

/// <summary>What a page says, with the headers that every page of the site has.</summary>
internal sealed record PageAnswer(int Status, string ContentType, byte[] Body)
{
    private const string HtmlType = "text/html; charset=utf-8";

    private static readonly Encoding Windows1252 = CodePagesEncodingProvider.Instance.GetEncoding(
        1252, new EncoderReplacementFallback("?"), new DecoderReplacementFallback("?"))!;

    public string? Location { get; private init; }

    public string? Allow { get; private init; }

    public string? ContentDisposition { get; private init; }

    public static PageAnswer Page(Html html) => Page(StatusCodes.Status200OK, html);

    public static PageAnswer Page(int status, Html html) => new(status, HtmlType, Encoding.UTF8.GetBytes(html.ToString()));

    /// <summary>A spreadsheet as the reception's Excel reads it: Windows-1252, with "?" for what does not fit in.</summary>
    public static PageAnswer Download(string file, Spreadsheet sheet) =>
        new(StatusCodes.Status200OK, "text/csv; charset=windows-1252", Windows1252.GetBytes(sheet.ToString()))
        {
            ContentDisposition = $"attachment; filename={file}",
        };

    public static PageAnswer MovedTo(string target) => new(StatusCodes.Status301MovedPermanently, HtmlType, []) { Location = AsciiOnly(target) };

    public static PageAnswer MethodNotAllowed(string allow) => new(StatusCodes.Status405MethodNotAllowed, HtmlType, []) { Allow = allow };

    public async Task WriteAsync(HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = Status;
        response.Headers.ContentType = ContentType;
        response.Headers.ContentLanguage = "pt-br";
        response.Headers.Vary = "Accept-Language, Cookie";
        response.Headers.XFrameOptions = "SAMEORIGIN";
        response.Headers.CacheControl = "private, max-age=0";
        if (Location is not null) response.Headers.Location = Location;
        if (Allow is not null) response.Headers.Allow = Allow;
        if (ContentDisposition is not null) response.Headers.ContentDisposition = ContentDisposition;
        response.ContentLength = Body.Length;
        if (context.Request.Method != "HEAD") await response.Body.WriteAsync(Body, context.RequestAborted);
    }

    private static string AsciiOnly(string target)
    {
        var location = new StringBuilder();
        foreach (var octet in Encoding.UTF8.GetBytes(target))
        {
            if (octet is > 0x20 and < 0x7F && !"\"<>\\^`{|}".Contains((char)octet, StringComparison.Ordinal)) location.Append((char)octet);
            else location.Append(CultureInfo.InvariantCulture, $"%{octet:X2}");
        }

        return location.ToString();
    }
}
