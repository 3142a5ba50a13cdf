// RemoteAuthenticationModule - vendored, do not edit. Answers "who is this user?" for another application that shares our login.
// Speaks the authentication part of the SystemWebAdapters wire protocol:
//   GET /systemweb-adapters/authenticate?original-url=<url-encoded path and query>
//   with x-migration-authenticate and the shared key: 200 application/octet-stream, a ClaimsPrincipal in BinaryWriter form;
//     nobody logged in: what this site answers at original-url when a login is required; wrong or missing key: 400.
//   without x-migration-authenticate: a browser on its way back from a login page: 302 to original-url, if that is a path of this site.
using System.Security.Claims;
using System.Security.Cryptography;

namespace Clinic.Legacy;

public class RemoteAuthenticationModule
{
    public const string Path = "/systemweb-adapters/authenticate";
    public const string KeyHeader = "X-SystemWebAdapter-RemoteAppAuthentication-Key";
    public const string MigrationHeader = "x-migration-authenticate";

    readonly Guid key;
    readonly Func<HttpContext, ClaimsPrincipal> user;
    readonly Func<HttpContext, string, Task> challenge;

    // user: who is logged in, or null. challenge: writes the site's own answer to an anonymous request for that path and query.
    public RemoteAuthenticationModule(Guid key, Func<HttpContext, ClaimsPrincipal> user, Func<HttpContext, string, Task> challenge)
    {
        this.key = key;
        this.user = user;
        this.challenge = challenge;
    }

    public Task Process(HttpContext context, RequestDelegate next)
    {
        if (!string.Equals(context.Request.Path.Value, Path, StringComparison.Ordinal)) return next(context);
        if (context.Request.Method != "GET")
        {
            context.Response.Headers.Allow = "GET";
            return Empty(context, 405);
        }
        var query = context.Request.Query["original-url"];
        var originalUrl = query.Count == 0 ? "" : query[query.Count - 1] ?? "";
        return context.Request.Headers.ContainsKey(MigrationHeader) ? Answer(context, originalUrl) : Return(context, originalUrl);
    }

    Task Answer(HttpContext context, string originalUrl)
    {
        if (!HasKey(context)) return Empty(context, 400);
        if (originalUrl == "") originalUrl = "/";
        var principal = user(context);
        if (principal == null) return challenge(context, originalUrl);

        using var buffer = new MemoryStream();
        using (var writer = new BinaryWriter(buffer)) principal.WriteTo(writer);
        var body = buffer.ToArray();
        context.Response.StatusCode = 200;
        context.Response.ContentType = "application/octet-stream";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.ContentLength = body.Length;
        return context.Response.Body.WriteAsync(body, 0, body.Length, context.RequestAborted);
    }

    static Task Return(HttpContext context, string originalUrl)
    {
        if (!IsLocal(originalUrl)) return Empty(context, 400);
        context.Response.Headers.Location = originalUrl;
        return Empty(context, 302);
    }

    bool HasKey(HttpContext context)
    {
        var values = context.Request.Headers[KeyHeader];
        Guid given;
        if (values.Count != 1 || !Guid.TryParse(values[0], out given)) given = Guid.Empty;
        return CryptographicOperations.FixedTimeEquals(given.ToByteArray(), key.ToByteArray());
    }

    // One leading slash, printable ASCII (anything else arrives percent-encoded), and not this endpoint again, however it is encoded.
    static bool IsLocal(string url)
    {
        if (url.Length == 0 || url[0] != '/' || url.StartsWith("//", StringComparison.Ordinal) || url.StartsWith("/\\", StringComparison.Ordinal)) return false;
        foreach (var c in url) if (c <= ' ' || c > '~') return false;
        for (var text = url; ;)
        {
            if (text.Contains(Path, StringComparison.OrdinalIgnoreCase)) return false;
            var decoded = Uri.UnescapeDataString(text);
            if (decoded == text) return true;
            text = decoded;
        }
    }

    static Task Empty(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.ContentLength = 0;
        return Task.CompletedTask;
    }
}
