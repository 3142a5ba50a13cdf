using Microsoft.AspNetCore.Http;

namespace Strangler.Facade;

/// <summary>What decides, besides its path, who owns a request.</summary>
/// <param name="method">The method as sent.</param>
/// <param name="host">The Host header as sent; may be empty.</param>
/// <param name="target">The request target as sent.</param>
/// <param name="headers">The headers; null for none. Read only by routes that ask for one.</param>
internal readonly ref struct RequestFacts(string method, ReadOnlySpan<char> host, string target, IHeaderDictionary? headers)
{
    public string Method { get; } = method;

    public ReadOnlySpan<char> Host { get; } = host;

    public string Target { get; } = target;

    public IHeaderDictionary? Headers { get; } = headers;
}
