using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Strangler.Facade;

/// <summary>The few answers that are the facade's own: short, readable, in the form that the client accepts, without a word about what stands behind.</summary>
internal static class FacadePage
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    public static Task BadRequestAsync(HttpContext context) => WriteAsync(context, HttpStatusCode.BadRequest, "The request cannot be understood.", retry: false);

    /// <summary>For a request that the next server could take for two: nothing more is read from this connection.</summary>
    public static Task AmbiguousAsync(HttpContext context) => WriteAsync(context, HttpStatusCode.BadRequest, "The request cannot be understood.", retry: false, close: true);

    public static Task TargetTooLongAsync(HttpContext context) => WriteAsync(context, HttpStatusCode.RequestUriTooLong, "The address is too long.", retry: false);

    public static Task TooManyHeadersAsync(HttpContext context) => WriteAsync(context, HttpStatusCode.RequestHeaderFieldsTooLarge, "The request has too many headers. Deleting this site's cookies may help.", retry: false);

    public static Task NotFoundAsync(HttpContext context) => WriteAsync(context, HttpStatusCode.NotFound, "There is nothing here.", retry: false);

    public static Task UnavailableAsync(HttpContext context) => WriteAsync(context, HttpStatusCode.ServiceUnavailable, "The application cannot answer at the moment. Please try again.", retry: true);

    public static Task BadGatewayAsync(HttpContext context) => WriteAsync(context, HttpStatusCode.BadGateway, "The application did not answer properly. Please try again.", retry: true);

    public static Task TimeoutAsync(HttpContext context) => WriteAsync(context, HttpStatusCode.GatewayTimeout, "The application took too long to answer. Please try again.", retry: true);

    private static async Task WriteAsync(HttpContext context, HttpStatusCode status, string message, bool retry, bool close = false)
    {
        var response = context.Response;
        response.Clear();
        response.StatusCode = (int)status;
        response.Headers.CacheControl = "no-store";
        if (close && !HttpProtocol.IsHttp2(context.Request.Protocol)) response.Headers.Connection = "close";
        if (retry) response.Headers.RetryAfter = ((int)RetryAfter.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture);

        var (type, body) = Body(context.Request.Headers.Accept.ToString(), status, message);
        var bytes = Encoding.UTF8.GetBytes(body);
        response.ContentType = type;
        response.ContentLength = bytes.Length;
        if (!HttpMethods.IsHead(context.Request.Method)) await response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    private static (string Type, string Body) Body(string accept, HttpStatusCode status, string message)
    {
        // The first of the two that the client names; a browser names HTML.
        var (html, json) = (accept.IndexOf("text/html", StringComparison.OrdinalIgnoreCase), accept.IndexOf("json", StringComparison.OrdinalIgnoreCase));
        if (json >= 0 && (html < 0 || json < html)) return ("application/problem+json", $$"""{"title":{{JsonSerializer.Serialize(message)}},"status":{{(int)status}}}""");
        if (html < 0) return ("text/plain; charset=utf-8", message + "\n");
        return ("text/html; charset=utf-8", $"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{(int)status}</title></head>
            <body style="font-family:sans-serif;max-width:36em;margin:4em auto;padding:0 1em"><h1>{(int)status}</h1><p>{message}</p></body></html>

            """);
    }
}
