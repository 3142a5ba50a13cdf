using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Strangler.Facade;

/// <summary>Finds requests that two servers in a row could take for different requests (request smuggling, RFC 9112, 11.2; RFC 9113, 8.2).</summary>
internal static class Framing
{
    /// <summary>Where Kestrel puts a Content-Length that stood beside a Transfer-Encoding. A client that sends this header and chunks is refused too.</summary>
    private const string Displaced = "X-Content-Length";

    private static readonly SearchValues<char> Token = SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>
    /// Over HTTP/1.1: whether the length of the body is said in two ways, in an unknown way, or in one that the client's version of HTTP does not
    /// have. Over HTTP/2: whether the request says what breaks the lines of HTTP/1.1 or belongs to its connections. Kestrel refuses the rest itself:
    /// two lengths, a last coding other than chunked, broken chunks, folded lines, spaces before colons, line ends in values.
    /// </summary>
    public static bool IsAmbiguous(HttpRequest request, string target)
    {
        if (HttpProtocol.IsHttp11(request.Protocol) || HttpProtocol.IsHttp10(request.Protocol))
        {
            var coding = request.Headers.TransferEncoding;
            return coding.Count > 0
                && (coding.Count > 1 || !"chunked".Equals(coding[0], StringComparison.OrdinalIgnoreCase) || request.Headers.ContainsKey(Displaced) || HttpProtocol.IsHttp10(request.Protocol));
        }

        if (target.AsSpan().ContainsAnyInRange('\0', ' ')) return true;
        foreach (var (name, _) in request.Headers)
        {
            if (!name.StartsWith(':') && (!IsToken(name) || IsOfConnection(name))) return true;
        }

        return false;
    }

    /// <summary>Whether a text can be the name of a header (RFC 9110, 5.6.2).</summary>
    public static bool IsToken(string name) => name.Length > 0 && !name.AsSpan().ContainsAnyExcept(Token);

    private static bool IsOfConnection(string name) => name.ToUpperInvariant() is "CONNECTION" or "TRANSFER-ENCODING" or "UPGRADE" or "KEEP-ALIVE" or "PROXY-CONNECTION";
}
