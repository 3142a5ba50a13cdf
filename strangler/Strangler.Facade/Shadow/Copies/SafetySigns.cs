using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Strangler.Facade;

/// <summary>Signs in an answer that a request by a safe method changed something.</summary>
internal static class SafetySigns
{
    /// <summary>Something was created or accepted, a form is to be cleared, or a cookie is taken away (a logout).</summary>
    public static bool Wrote(int status, IEnumerable<string?> setCookies, DateTimeOffset now) =>
        status is StatusCodes.Status201Created or StatusCodes.Status202Accepted or StatusCodes.Status205ResetContent || setCookies.Any(line => TakesAway(line, now));

    private static bool TakesAway(string? line, DateTimeOffset now) =>
        SetCookieHeaderValue.TryParse(line, out var cookie) && (cookie.MaxAge is { } life ? life <= TimeSpan.Zero : cookie.Expires <= now);
}
