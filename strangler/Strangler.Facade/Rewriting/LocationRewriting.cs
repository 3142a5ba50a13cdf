namespace Strangler.Facade;

/// <summary>
/// Leads absolute URLs that name an owner to the public address. Scheme and authority are replaced, whatever follows stays as it is, and so do relative
/// URLs and those that name anybody else.
/// </summary>
/// <param name="addresses">Where the owner listens.</param>
/// <param name="names">Hosts that it calls itself by besides.</param>
internal sealed class LocationRewriting(IReadOnlyList<Uri> addresses, IReadOnlyList<HostPattern> names)
{
    /// <summary>A URL; the same text when it is not to be changed.</summary>
    public string Url(string url, PublicAddress at)
    {
        var scheme = SchemeOf(url);
        var start = scheme.Length == 0 ? 2 : scheme.Length + 3;
        if (scheme.Length == 0 && !url.StartsWith("//", StringComparison.Ordinal)) return url;
        var length = url.AsSpan(start).IndexOfAny('/', '?', '#');
        var authority = length < 0 ? url.AsSpan(start) : url.AsSpan(start, length);
        if (!IsOwners(scheme.Length == 0 ? at.Scheme : scheme, authority, at)) return url;
        var rest = url.AsSpan(start + authority.Length);
        return scheme.Length == 0 ? $"//{at.Host}{rest}" : $"{at.Scheme}://{at.Host}{rest}";
    }

    /// <summary>The URL of a Refresh header: seconds, then <c>url=</c> with or without quotes.</summary>
    public string Refresh(string value, PublicAddress at)
    {
        var found = value.IndexOf("url=", StringComparison.OrdinalIgnoreCase);
        if (found < 0) return value;
        var start = found + 4;
        var end = value.Length;
        if (start < value.Length && value[start] is '"' or '\'')
        {
            end = value.IndexOf(value[start], start + 1) is >= 0 and var quote ? quote : value.Length;
            start++;
        }

        return Replaced(value, start, end, at);
    }

    /// <summary>The URLs of a Link header, each in angle brackets.</summary>
    public string Link(string value, PublicAddress at)
    {
        for (var open = value.IndexOf('<'); open >= 0; open = value.IndexOf('<', open + 1))
        {
            var close = value.IndexOf('>', open);
            if (close < 0) return value;
            value = Replaced(value, open + 1, close, at);
        }

        return value;
    }

    private string Replaced(string value, int start, int end, PublicAddress at)
    {
        var url = value[start..end];
        var other = Url(url, at);
        return ReferenceEquals(url, other) ? value : string.Concat(value.AsSpan(0, start), other, value.AsSpan(end));
    }

    private bool IsOwners(ReadOnlySpan<char> scheme, ReadOnlySpan<char> text, PublicAddress at)
    {
        if (!Authority.TryParse(text, Authority.PortOf(scheme), out var authority)) return false;
        foreach (var name in names)
        {
            if (name.Rank(text) >= 0) return true;
        }

        if (!Authority.TryParse(at.Host, Authority.PortOf(at.Scheme), out var here)) return false;
        foreach (var address in addresses)
        {
            // Its own address; or the public host with its own port.
            if (authority.Port == address.Port && (authority.IsAt(address.Host) || authority.IsAt(here.Host))) return true;
        }

        // The public host, by an owner that does not know that users come by https: plain http without a port is nobody else's.
        return authority.IsAt(here.Host, 80) && scheme.Equals("http", StringComparison.OrdinalIgnoreCase) && at.Scheme.Equals("https", StringComparison.OrdinalIgnoreCase);
    }

    private static ReadOnlySpan<char> SchemeOf(string url) =>
        url.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? url.AsSpan(0, 4)
        : url.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? url.AsSpan(0, 5)
        : default;
}
