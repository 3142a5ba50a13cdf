namespace Strangler.Identity;

/// <summary>Redirects that legacy aims at its own address, turned to the host that the user sees.</summary>
internal static class LegacyLocation
{
    /// <summary>
    /// Replaces scheme and authority when they are legacy's; every other byte stays. Relative locations and those of other hosts come back as they are.
    /// </summary>
    public static string ForUser(string location, Uri legacy, string scheme, string host)
    {
        var slashes = location.IndexOf("//", StringComparison.Ordinal);
        var schemeless = slashes == 0;
        if (!schemeless && (slashes < 1 || location[slashes - 1] != ':' || location.AsSpan(0, slashes).ContainsAny('/', '?', '#'))) return location;

        var end = location.AsSpan(slashes + 2).IndexOfAny('/', '?', '#');
        var authority = end < 0 ? location[(slashes + 2)..] : location.Substring(slashes + 2, end);
        var rest = end < 0 ? "" : location[(slashes + 2 + end)..];
        var stated = $"{(schemeless ? legacy.Scheme : location[..(slashes - 1)])}://{authority}/";
        if (!Uri.TryCreate(stated, UriKind.Absolute, out var target)) return location;

        var legacys = string.Equals(target.IdnHost, legacy.IdnHost, StringComparison.OrdinalIgnoreCase) && target.Port == legacy.Port && target.UserInfo.Length == 0;
        return legacys ? $"{scheme}://{host}{rest}" : location;
    }
}
