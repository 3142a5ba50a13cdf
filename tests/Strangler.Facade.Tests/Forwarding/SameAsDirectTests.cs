using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Strangler.Facade.Tests;

/// <summary>The same request to a whole application, directly and through the facade, byte for byte on both wires: users get the same answer.</summary>
public abstract class SameAsDirectTests(Place place) : StagedTests(place), IAsyncLifetime
{
    private static readonly byte[] File = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 2000).Select(i => $"line {i}\n")));
    private Backend owner = null!;
    private RunningFacade facade = null!;

    public async ValueTask InitializeAsync()
    {
        owner = await Backend.StartAsync(AnswerAsync);
        facade = await InFrontOfAsync(owner.Address);
    }

    public async ValueTask DisposeAsync()
    {
        await facade.DisposeAsync();
        await owner.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [Transparency(41)]
    [InlineData("Range: bytes=0-99", 206)]
    [InlineData("Range: bytes=-100", 206)]
    [InlineData("Range: bytes=500-", 206)]
    [InlineData("Range: bytes=0-9,20-29", 200)]
    [InlineData("Range: bytes=999999-", 416)]
    [InlineData("Range: lines=1-2", 206)]
    [InlineData("Range: bytes=0-99\r\nIf-Range: \"v1\"", 206)]
    [InlineData("Range: bytes=0-99\r\nIf-Range: \"v0\"", 200)]
    [InlineData("Range: bytes=0-99\r\nIf-Range: Mon, 01 Jan 2024 00:00:00 GMT", 206)]
    [InlineData("Range: bytes=0-99\r\nIf-None-Match: \"v1\"", 304)]
    [InlineData("Range: bytes=0-99\r\nIf-Match: \"v0\"", 412)]
    public Task A_part_of_a_file_is_the_part_that_was_asked_for(string headers, int status) =>
        IsTheSameAsync($"GET /file HTTP/1.1\r\nHost: h\r\n{headers}\r\n\r\n", status);

    [Theory]
    [Transparency(97)]
    [InlineData("GET /page HTTP/1.1\r\nHost: h\r\n\r\n", 200)]
    [InlineData("HEAD /page HTTP/1.1\r\nHost: h\r\n\r\n", 200)]
    [InlineData("HEAD /file HTTP/1.1\r\nHost: h\r\n\r\n", 200)]
    [InlineData("GET /page?a=%C3%A7&b=1&b=2 HTTP/1.1\r\nHost: clinic.example:81\r\nCookie: s=1\r\nAccept-Language: pt-BR\r\n\r\n", 200)]
    [InlineData("GET /packed HTTP/1.1\r\nHost: h\r\nAccept-Encoding: gzip\r\n\r\n", 200)]
    [InlineData("GET /chunks HTTP/1.1\r\nHost: h\r\n\r\n", 200)]
    [InlineData("GET /moved HTTP/1.1\r\nHost: h\r\n\r\n", 302)]
    [InlineData("GET /login HTTP/1.1\r\nHost: h\r\n\r\n", 401)]
    [InlineData("GET /reset HTTP/1.1\r\nHost: h\r\n\r\n", 205)]
    [InlineData("GET /nothing HTTP/1.1\r\nHost: h\r\n\r\n", 404)]
    [InlineData("DELETE /page HTTP/1.1\r\nHost: h\r\n\r\n", 204)]
    [InlineData("OPTIONS /page HTTP/1.1\r\nHost: h\r\nOrigin: http://x\r\nAccess-Control-Request-Method: PUT\r\n\r\n", 204)]
    [InlineData("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Type: application/x-www-form-urlencoded; charset=ISO-8859-1\r\nContent-Length: 7\r\n\r\na=b&c=\u00e7", 200)]
    [InlineData("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\na=b\r\n2\r\n&c\r\n0\r\n\r\n", 200)]
    [InlineData("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n", 200)]
    [InlineData("PUT /echo HTTP/1.1\r\nHost: h\r\nContent-Type: multipart/form-data; boundary=\"x y\"\r\nContent-Length: 57\r\n\r\n--x y\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--x y--", 200)]
    [InlineData("POST /fails HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx", 500)]
    [InlineData("GET /page HTTP/1.0\r\nHost: h\r\n\r\n", 200)]
    public Task An_answer_through_the_facade_is_the_answer_without_it(string request, int status) => IsTheSameAsync(request, status);

    private async Task IsTheSameAsync(string request, int status)
    {
        var direct = await RawWire.ExchangeAsync(owner.Address, request);
        var through = await RawWire.ExchangeAsync(facade.Public, request);

        Assert.StartsWith($"HTTP/1.1 {status} ", direct);
        Assert.Equal(direct.Split("\r\n")[0], through.Split("\r\n")[0]);
        Assert.Equal(Headers(direct), Headers(through));
        Assert.Equal(Body(direct), Body(through));
    }

    /// <summary>The body, without the borders of chunks: they may lie anywhere.</summary>
    private static string Body(string answer)
    {
        var rest = RawWire.Body(answer);
        if (RawWire.Header(answer, "Transfer-Encoding") is null) return rest;
        var body = new StringBuilder();
        while (rest.Length > 0)
        {
            var line = rest.IndexOf("\r\n", StringComparison.Ordinal);
            var length = Convert.ToInt32(rest[..line], 16);
            body.Append(rest, line + 2, length);
            rest = rest[(line + 2 + length + 2)..];
        }

        return body.ToString();
    }

    /// <summary>All but the moment; of different names in whatever order, of one name in the order sent.</summary>
    private static IEnumerable<string> Headers(string answer) =>
        RawWire.Headers(answer).Where(header => !header.StartsWith("Date:", StringComparison.Ordinal)).OrderBy(header => header.Split(':')[0], StringComparer.Ordinal);

    private static async Task AnswerAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        response.Headers.Server = "Old/1.0";
        switch (request.Path.Value, request.Method)
        {
            case ("/file", _):
                await Results.File(File, "text/plain", "relat\u00f3rio.txt", enableRangeProcessing: true, lastModified: new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero), entityTag: new("\"v1\"")).ExecuteAsync(context);
                break;
            case ("/page", "DELETE" or "OPTIONS"):
                response.StatusCode = StatusCodes.Status204NoContent;
                response.Headers.Allow = "GET, HEAD, DELETE";
                response.Headers.AccessControlAllowOrigin = "http://x";
                break;
            case ("/page", _):
                response.ContentType = "text/html; charset=utf-8";
                response.Headers.Append("Set-Cookie", "a=1; expires=Mon, 01-Jan-2035 00:00:00 GMT; path=/; HttpOnly");
                response.Headers.Append("Set-Cookie", "b=2");
                response.Headers.StrictTransportSecurity = "max-age=1";
                await response.WriteAsync($"{request.Method} {request.Host} {request.QueryString} {request.Headers.Cookie} {request.Headers.AcceptLanguage} \u00e7");
                break;
            case ("/packed", _):
                response.Headers.ContentEncoding = "gzip";
                response.Headers.Vary = "Accept-Encoding";
                await using (var gzip = new GZipStream(response.Body, CompressionLevel.Optimal)) await gzip.WriteAsync(File);
                break;
            case ("/chunks", _):
                await response.WriteAsync("one");
                await response.Body.FlushAsync();
                await response.WriteAsync("two");
                break;
            case ("/moved", _):
                response.Redirect($"http://{request.Host}/page?x=%2F#y");
                break;
            case ("/login", _):
                response.StatusCode = StatusCodes.Status401Unauthorized;
                response.Headers.Append("WWW-Authenticate", "Negotiate");
                response.Headers.Append("WWW-Authenticate", "Basic realm=\"a, b\"");
                break;
            case ("/reset", _):
                response.StatusCode = StatusCodes.Status205ResetContent;
                break;
            case ("/echo", _):
                response.ContentType = request.ContentType;
                response.Headers["X-Length"] = $"{request.ContentLength}";
                using (var body = new MemoryStream())
                {
                    await request.Body.CopyToAsync(body);
                    await response.Body.WriteAsync(body.ToArray());
                }

                break;
            case ("/fails", _):
                response.StatusCode = StatusCodes.Status500InternalServerError;
                await response.WriteAsync("<h1>Server Error in '/' Application.</h1>");
                break;
            default:
                response.StatusCode = StatusCodes.Status404NotFound;
                break;
        }
    }
}

public sealed class SameAsDirectTestsInLegacy() : SameAsDirectTests(Place.InLegacy);

public sealed class SameAsDirectTestsInShadow() : SameAsDirectTests(Place.InShadow);

public sealed class SameAsDirectTestsInCanaryAtLegacy() : SameAsDirectTests(Place.InCanaryAtLegacy);

public sealed class SameAsDirectTestsInCanaryAtService() : SameAsDirectTests(Place.InCanaryAtService);

public sealed class SameAsDirectTestsInService() : SameAsDirectTests(Place.InService);
