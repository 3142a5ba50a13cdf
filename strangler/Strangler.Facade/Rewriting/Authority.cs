using System.Globalization;

namespace Strangler.Facade;

/// <summary>Host and port of a URL or of a Host header, the port of the scheme when none is said.</summary>
internal readonly ref struct Authority
{
    private Authority(ReadOnlySpan<char> host, int port)
    {
        Host = host;
        Port = port;
    }

    public ReadOnlySpan<char> Host { get; }

    public int Port { get; }

    /// <summary>Reads <c>host</c> or <c>host:port</c>; false for anything else, such as one with a user.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, int portOfScheme, out Authority authority)
    {
        authority = default;
        var colon = text.LastIndexOf(':');
        // An IPv6 address has colons of its own, inside brackets.
        if (colon >= 0 && text[colon..].Contains(']')) colon = -1;
        var port = portOfScheme;
        if (colon >= 0 && colon + 1 < text.Length && !int.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out port)) return false;
        var host = colon < 0 ? text : text[..colon];
        if (host.IsEmpty || host.Contains('@')) return false;
        authority = new Authority(host, port);
        return true;
    }

    public bool IsAt(ReadOnlySpan<char> host, int port) => Port == port && IsAt(host);

    public bool IsAt(ReadOnlySpan<char> host) => Host.Equals(host, StringComparison.OrdinalIgnoreCase);

    public static int PortOf(ReadOnlySpan<char> scheme) => scheme.Equals("https", StringComparison.OrdinalIgnoreCase) ? 443 : 80;
}
