using System.Text;

namespace Strangler.Facade;

/// <summary>
/// Holds the client library to one attempt where a second could do harm. When an owner closes a connection without a byte of an answer,
/// System.Net.Http sends the request again by itself, up to three times, unless a body was under way: so also a POST without a body, and one
/// that waits for 100 Continue, although the owner may have acted on the first.
/// </summary>
internal static class Attempts
{
    private static readonly HttpRequestOptionsKey<bool> Made = new("Strangler.Attempted");

    /// <summary>The encoding of a header's value: bytes above 127 are no characters here, each stays the byte that it was.</summary>
    /// <remarks>This selector is all that the library calls each time it writes a head, and every head has a Host: so here attempts are seen.</remarks>
    /// <exception cref="HttpRequestException">The request may have side effects and was sent before.</exception>
    public static Encoding Encoding(string header, HttpRequestMessage request)
    {
        if (header == "Host" && !IsSafe(request.Method))
        {
            if (request.Options.TryGetValue(Made, out _)) throw new HttpRequestException("The owner closed the connection without an answer; a request with side effects is not sent again.");
            request.Options.Set(Made, true);
        }

        return System.Text.Encoding.Latin1;
    }

    /// <summary>Whether a request with side effects was sent, as far as its head, whatever came of it.</summary>
    public static bool WasMade(HttpRequestMessage request) => request.Options.TryGetValue(Made, out _);

    private static bool IsSafe(HttpMethod method) => method == HttpMethod.Get || method == HttpMethod.Head || method == HttpMethod.Options || method == HttpMethod.Trace;
}
