using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace Strangler.Facade;

/// <summary>
/// X-Forwarded-* and Forwarded. What a trusted peer says passes, what anyone else says is removed (legacy now sees this facade as its peer and
/// may trust it); then the owner's policy adds this hop.
/// </summary>
internal static class ForwardedHeaders
{
    private const string For = "X-Forwarded-For";
    public const string Proto = "X-Forwarded-Proto";
    public const string Host = "X-Forwarded-Host";

    public static void Apply(HttpContext context, HttpRequestMessage request, ForwardedPolicy policy, PeerTrust trust)
    {
        if (MentionsAny(request) && !trust.Trusts(context.Connection.RemoteIpAddress)) Remove(request);
        if (policy == ForwardedPolicy.None) return;
        if (policy == ForwardedPolicy.Set) Remove(request);

        var chain = request.Headers.NonValidated.TryGetValues(For, out var before) ? $"{before}, " : "";
        request.Headers.Remove(For);
        request.Headers.TryAddWithoutValidation(For, chain + Peer(context));
        // What the user's browser saw is said by the outermost proxy; a nearer one must not overwrite it.
        AddIfMissing(request, Proto, context.Request.Scheme);
        AddIfMissing(request, Host, context.Request.Headers.Host.ToString());
    }

    private static bool MentionsAny(HttpRequestMessage request)
    {
        foreach (var header in request.Headers.NonValidated)
        {
            if (IsForwarded(header.Key)) return true;
        }

        return false;
    }

    private static void Remove(HttpRequestMessage request)
    {
        string[] names = [.. request.Headers.NonValidated.Select(header => header.Key).Where(IsForwarded)];
        foreach (var name in names) request.Headers.Remove(name);
    }

    private static bool IsForwarded(string name) =>
        name.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase) || name.Equals("Forwarded", StringComparison.OrdinalIgnoreCase);

    private static void AddIfMissing(HttpRequestMessage request, string name, string value)
    {
        if (!request.Headers.NonValidated.Contains(name)) request.Headers.TryAddWithoutValidation(name, value);
    }

    private static string Peer(HttpContext context)
    {
        var peer = context.Connection.RemoteIpAddress;
        if (peer is null) return "unknown";
        if (peer.IsIPv4MappedToIPv6) peer = peer.MapToIPv4();
        return peer.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{peer}]" : peer.ToString();
    }
}
