namespace Strangler.Facade;

/// <summary>A host in a match: <c>name</c>, <c>name:port</c>, <c>*.name</c> (any sub-domain, not the name itself) or <c>*.name:port</c>.</summary>
internal sealed class HostPattern
{
    private const int ExactRank = 1 << 20;
    private readonly string name;
    private readonly string? port;
    private readonly bool subdomains;

    private HostPattern(string text, string name, string? port, bool subdomains)
    {
        Text = text;
        this.name = name;
        this.port = port;
        this.subdomains = subdomains;
    }

    public string Text { get; }

    /// <summary>Equal for two patterns that take the same hosts with the same rank.</summary>
    public string Key => Text.ToUpperInvariant();

    public static HostPattern? TryParse(string text)
    {
        Split(text, out var name, out var port);
        var subdomains = name.StartsWith("*.");
        var bare = subdomains ? name[2..] : name;
        var bracketed = bare.StartsWith('[') && bare.EndsWith(']');
        if (bare.IsEmpty || Uri.CheckHostName(bracketed ? bare[1..^1].ToString() : bare.ToString()) == UriHostNameType.Unknown) return null;
        if (name.Length < text.Length && (!ushort.TryParse(port, out var number) || number == 0)) return null;
        // For sub-domains the dot stays in front, so that "*.a" does not take "ba".
        return new HostPattern(text, (subdomains ? name[1..] : name).ToString(), name.Length < text.Length ? port.ToString() : null, subdomains);
    }

    /// <summary>Negative when the host does not fit; else the more exact, the higher; a port counts most among equals.</summary>
    public int Rank(ReadOnlySpan<char> host)
    {
        Split(host, out var name, out var port);
        if (this.port is not null && !port.SequenceEqual(this.port)) return -1;
        var fits = subdomains
            ? name.Length > this.name.Length && name.EndsWith(this.name, StringComparison.OrdinalIgnoreCase)
            : name.Equals(this.name, StringComparison.OrdinalIgnoreCase);
        if (!fits) return -1;
        return ((subdomains ? this.name.Length : ExactRank) * 2) + (this.port is null ? 0 : 1) + 2;
    }

    private static void Split(ReadOnlySpan<char> host, out ReadOnlySpan<char> name, out ReadOnlySpan<char> port)
    {
        var colon = host.LastIndexOf(':');
        // An IPv6 address has colons of its own, inside brackets.
        if (colon >= 0 && host[colon..].Contains(']')) colon = -1;
        name = colon < 0 ? host : host[..colon];
        port = colon < 0 ? default : host[(colon + 1)..];
    }
}
