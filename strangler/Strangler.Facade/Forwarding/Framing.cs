using Microsoft.AspNetCore.Http;

namespace Strangler.Facade;

/// <summary>Finds requests that two servers in a row could take for different requests (request smuggling, RFC 9112, 11.2).</summary>
internal static class Framing
{
    /// <summary>Where Kestrel puts a Content-Length that stood beside a Transfer-Encoding. A client that sends this header and chunks is refused too.</summary>
    private const string Displaced = "X-Content-Length";

    /// <summary>
    /// Whether the length of the body is said in two ways, in an unknown way, or in one that the client's version of HTTP does not have. Kestrel
    /// refuses the rest itself: two lengths, a last coding other than chunked, broken chunks, folded lines, spaces before colons, bare line feeds.
    /// </summary>
    public static bool IsAmbiguous(HttpRequest request)
    {
        var coding = request.Headers.TransferEncoding;
        return coding.Count > 0
            && (coding.Count > 1 || !"chunked".Equals(coding[0], StringComparison.OrdinalIgnoreCase) || request.Headers.ContainsKey(Displaced) || HttpProtocol.IsHttp10(request.Protocol));
    }
}
