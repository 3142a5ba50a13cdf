using Microsoft.Net.Http.Headers;
using CookieOut = Microsoft.Net.Http.Headers.SetCookieHeaderValue;
using MediaType = System.Net.Http.Headers.MediaTypeHeaderValue;

namespace Strangler.Facade;

/// <summary>
/// Compares the headers that a user or a browser could notice: all but those of the hop, of the moment, and of the form in which the body
/// travels. Lists are compared without order, media types and cookies by their parts; a cookie's value is each owner's own.
/// </summary>
internal sealed class HeaderComparison(Differences found, IReadOnlyCollection<string> ownHosts)
{
    private static readonly HashSet<string> Unimportant = new(StringComparer.OrdinalIgnoreCase)
    {
        // The hop.
        "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Via", "Alt-Svc", "Server",
        // The moment.
        "Date", "Age", "Server-Timing", "X-Runtime", "X-Response-Time", "X-Request-Id", "Request-Id", "Request-Context", "X-Correlation-Id", "traceparent", "tracestate",
        // The body's form; the body itself is compared unpacked.
        "Content-Length", "Content-Encoding", "Content-MD5", "Digest",
    };

    private static readonly HashSet<string> Lists = new(StringComparer.OrdinalIgnoreCase)
    {
        "Cache-Control", "Vary", "Allow", "Pragma", "Accept-Ranges", "Content-Language", "Access-Control-Allow-Methods", "Access-Control-Allow-Headers", "Access-Control-Expose-Headers",
    };

    private static readonly HashSet<string> Addresses = new(StringComparer.OrdinalIgnoreCase) { "Location", "Content-Location" };

    public void Compare(OwnerAnswer legacy, OwnerAnswer candidate)
    {
        CompareParts(Cookies(legacy), Cookies(candidate));
        CompareParts(Parts(legacy), Parts(candidate));
    }

    private void CompareParts(Dictionary<string, string> legacy, Dictionary<string, string> candidate)
    {
        foreach (var (field, value) in legacy)
        {
            if (!candidate.TryGetValue(field, out var other)) found.Add(field, DifferenceKind.Missing, value, null);
            else if (value != other) found.AddTexts(field, value, other);
        }

        foreach (var (field, value) in candidate)
        {
            if (!legacy.ContainsKey(field)) found.Add(field, DifferenceKind.Extra, null, value);
        }
    }

    private Dictionary<string, string> Parts(OwnerAnswer answer) => answer.Headers
        .Where(header => !Unimportant.Contains(header.Key) && !header.Key.Equals(HeaderNames.SetCookie, StringComparison.OrdinalIgnoreCase))
        .GroupBy(header => "header." + header.Key.ToLowerInvariant(), header => Meaning(header.Key, header.Value))
        .ToDictionary(header => header.Key, header => string.Join(", ", header));

    private string Meaning(string name, string value)
    {
        if (name.Equals(HeaderNames.ContentType, StringComparison.OrdinalIgnoreCase)) return ContentType(value);
        if (name.Equals(HeaderNames.ETag, StringComparison.OrdinalIgnoreCase)) return value.StartsWith("W/", StringComparison.Ordinal) ? "weak" : "strong";
        if (Addresses.Contains(name)) return WithoutOwnHost(value);
        return Lists.Contains(name) ? string.Join(", ", value.ToLowerInvariant().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)) : value.Trim();
    }

    private static string ContentType(string value)
    {
        if (!MediaType.TryParse(value, out var type)) return value.Trim();
        var parameters = type.Parameters.Select(parameter => $"; {parameter.Name.ToLowerInvariant()}={parameter.Value?.Trim('"').ToLowerInvariant()}");
        return type.MediaType!.ToLowerInvariant() + string.Concat(parameters.Order(StringComparer.Ordinal));
    }

    /// <summary>An address on the owner itself, or on the public host, is the same page as its path alone.</summary>
    private string WithoutOwnHost(string value) =>
        Uri.TryCreate(value, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" && ownHosts.Contains(address.Authority, StringComparer.OrdinalIgnoreCase)
            ? value[(value.IndexOf(address.Authority, StringComparison.OrdinalIgnoreCase) + address.Authority.Length)..] is { Length: > 0 } path ? path : "/"
            : value.Trim();

    private static Dictionary<string, string> Cookies(OwnerAnswer answer)
    {
        var cookies = new Dictionary<string, string>();
        foreach (var line in answer.Values(HeaderNames.SetCookie))
        {
            if (!CookieOut.TryParse(line, out var cookie))
            {
                cookies["header.set-cookie"] = "unreadable";
                continue;
            }

            var name = cookie.Name.Value ?? "";
            var life = cookie.Expires is null && cookie.MaxAge is null ? "session" : "lasting";
            // The last of two lines with one name is what a browser keeps.
            cookies[$"header.set-cookie({(FieldName.IsName(name) ? name : "{}")})"] =
                $"path={cookie.Path}; domain={cookie.Domain}; secure={cookie.Secure}; httponly={cookie.HttpOnly}; samesite={cookie.SameSite}; {life}".ToLowerInvariant();
        }

        return cookies;
    }
}
