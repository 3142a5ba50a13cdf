using System.Text.RegularExpressions;

namespace Strangler.Facade;

/// <summary>
/// What a copy carries. Without leave to pass credentials it carries no header but those known to hold none: nobody can list every header
/// that some application takes for a key.
/// </summary>
internal static partial class CopyHeaders
{
    /// <summary>Marks a copy; whoever receives a request with it makes no copy of it.</summary>
    public const string Marker = "X-Strangler-Shadow";

    private static readonly HashSet<string> Harmless = new(StringComparer.OrdinalIgnoreCase)
    {
        "Host", "Accept", "Accept-Charset", "Accept-Encoding", "Accept-Language", "Cache-Control", "Content-Encoding", "Content-Language", "Content-Length", "Content-Type",
        "DNT", "If-Range", "Origin", "Pragma", "Priority", "Range", "Save-Data", "Upgrade-Insecure-Requests", "User-Agent", "X-Requested-With",
        "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "traceparent", "tracestate",
    };

    // A copy waits for nobody's leave to send its body. A version that legacy knows means nothing to the service, and the other way round.
    private static readonly string[] Conditions = ["Expect", "If-None-Match", "If-Modified-Since", "If-Match", "If-Unmodified-Since"];

    /// <summary>Whether a target carries a key or a session in itself.</summary>
    public static bool HasCredentials(string target) => Credentials().IsMatch(target);

    public static void Prepare(HttpRequestMessage copy, ShadowSettings settings)
    {
        foreach (var name in Conditions) copy.Headers.Remove(name);
        if (!settings.PassCredentials)
        {
            string[] unknown = [.. copy.Headers.NonValidated.Select(header => header.Key).Where(name => !IsHarmless(name) && !settings.Headers.Contains(name, StringComparer.OrdinalIgnoreCase))];
            foreach (var name in unknown) copy.Headers.Remove(name);
        }

        copy.Headers.Remove(Marker);
        copy.Headers.TryAddWithoutValidation(Marker, "1");
    }

    private static bool IsHarmless(string name) =>
        Harmless.Contains(name) || name.StartsWith("Sec-Fetch-", StringComparison.OrdinalIgnoreCase) || name.StartsWith("Sec-CH-", StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(@";jsessionid=|/\([A-Z]\([^)]*\)\)|[?&;][^=&;]*(token|api_?key|password|passwd|secret|signature|session|credential|assertion|\bsig\b|\bauth\b)[^=&;]*=", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Credentials();
}
