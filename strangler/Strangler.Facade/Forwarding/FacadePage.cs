using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Strangler.Facade;

/// <summary>The few answers that are the facade's own: short, readable, in the form that the client accepts, without a word about what stands behind.</summary>
internal static class FacadePage
{
    public static Task BadRequestAsync(HttpContext context) => WriteAsync(context, HttpStatusCode.BadRequest, "The request cannot be understood.");

    /// <summary>For a request that the next server could take for two: nothing more is read from this connection.</summary>
    public static Task AmbiguousAsync(HttpContext context) => WriteAsync(context, HttpStatusCode.BadRequest, "The request cannot be understood.", close: true);

    public static Task TargetTooLongAsync(HttpContext context) => WriteAsync(context, HttpStatusCode.RequestUriTooLong, "The address is too long.");

    public static Task TooManyHeadersAsync(HttpContext context) => WriteAsync(context, HttpStatusCode.RequestHeaderFieldsTooLarge, "The request has too many headers. Deleting this site's cookies may help.");

    public static Task NotFoundAsync(HttpContext context) => WriteAsync(context, HttpStatusCode.NotFound, "There is nothing here.");

    public static Task UnavailableAsync(HttpContext context, TimeSpan retryAfter) => WriteAsync(context, HttpStatusCode.ServiceUnavailable, "The application cannot answer at the moment. Please try again.", retryAfter);

    public static Task BadGatewayAsync(HttpContext context, TimeSpan retryAfter) => WriteAsync(context, HttpStatusCode.BadGateway, "The application did not answer properly. Please try again.", retryAfter);

    public static Task TimeoutAsync(HttpContext context, TimeSpan retryAfter) => WriteAsync(context, HttpStatusCode.GatewayTimeout, "The application took too long to answer. Please try again.", retryAfter);

    private static async Task WriteAsync(HttpContext context, HttpStatusCode status, string message, TimeSpan? retryAfter = null, bool close = false)
    {
        var response = context.Response;
        response.Clear();
        response.StatusCode = (int)status;
        response.Headers.CacheControl = "no-store";
        if (close && !HttpProtocol.IsHttp2(context.Request.Protocol)) response.Headers.Connection = "close";
        if (retryAfter is { } wait) response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);

        var (type, body) = Body(AcceptedForm.Of(context.Request.Headers.Accept), status, message);
        var bytes = Encoding.UTF8.GetBytes(body);
        response.ContentType = type;
        response.ContentLength = bytes.Length;
        if (!HttpMethods.IsHead(context.Request.Method)) await response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    private static (string Type, string Body) Body(PageForm form, HttpStatusCode status, string message) => form switch
    {
        PageForm.Json => ("application/problem+json", $$"""{"title":{{JsonSerializer.Serialize(message)}},"status":{{(int)status}}}"""),
        PageForm.Html => ("text/html; charset=utf-8", $"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{(int)status}</title></head>
            <body style="font-family:sans-serif;max-width:36em;margin:4em auto;padding:0 1em"><h1>{(int)status}</h1><p>{message}</p></body></html>

            """),
        _ => ("text/plain; charset=utf-8", message + "\n"),
    };
}
