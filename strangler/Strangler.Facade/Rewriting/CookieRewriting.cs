using System.Text;

namespace Strangler.Facade;

/// <summary>Writes attributes of a Set-Cookie header anew. Name, value and every other attribute stay as they are, in their order.</summary>
internal static class CookieRewriting
{
    public static string Of(string cookie, CookieRule rule, PublicAddress at)
    {
        var secure = rule.Secure switch
        {
            null => (bool?)null,
            CookieRule.Public => at.Scheme.Equals("https", StringComparison.OrdinalIgnoreCase),
            var word => word == CookieRule.Add,
        };
        var (hasPath, hasSecure, hasSameSite) = (false, false, false);
        var result = new StringBuilder(cookie.Length + 32);
        var first = true;
        foreach (var range in cookie.AsSpan().Split(';'))
        {
            var part = cookie.AsSpan(range);
            var name = NameOf(part);
            if (first) result.Append(part);
            else if (Is(name, "Domain")) Domain(result, part, rule.Domain, at.Host);
            else if (Is(name, "Path")) Attribute(result, part, "Path", rule.Path, ref hasPath);
            else if (Is(name, "SameSite")) Attribute(result, part, "SameSite", rule.SameSite, ref hasSameSite);
            else if (!Is(name, "Secure")) result.Append(';').Append(part);
            else if (secure != false)
            {
                result.Append(';').Append(part);
                hasSecure = true;
            }

            first = false;
        }

        if (rule.Path is not null && !hasPath) result.Append("; Path=").Append(rule.Path);
        if (secure == true && !hasSecure) result.Append("; Secure");
        if (rule.SameSite is not (null or CookieRule.Remove) && !hasSameSite) result.Append("; SameSite=").Append(rule.SameSite);
        return result.ToString();
    }

    /// <summary>Whether browsers take a Domain from a host: it is the host, or what the host ends with.</summary>
    private static bool Covers(ReadOnlySpan<char> domain, ReadOnlySpan<char> host)
    {
        if (Authority.TryParse(host, 0, out var authority)) host = authority.Host;
        domain = domain.TrimStart('.');
        return host.Equals(domain, StringComparison.OrdinalIgnoreCase)
            || (host.Length > domain.Length && host[^(domain.Length + 1)] == '.' && host.EndsWith(domain, StringComparison.OrdinalIgnoreCase));
    }

    private static void Domain(StringBuilder result, ReadOnlySpan<char> part, string? rule, string host)
    {
        var value = part.IndexOf('=') is >= 0 and var at ? part[(at + 1)..].Trim() : default;
        if (rule is null || Covers(value, host)) result.Append(';').Append(part);
        else if (rule != CookieRule.Remove) result.Append("; Domain=").Append(rule);
    }

    private static void Attribute(StringBuilder result, ReadOnlySpan<char> part, string name, string? rule, ref bool has)
    {
        has = true;
        if (rule is null) result.Append(';').Append(part);
        else if (rule != CookieRule.Remove) result.Append("; ").Append(name).Append('=').Append(rule);
    }

    private static ReadOnlySpan<char> NameOf(ReadOnlySpan<char> part) => (part.IndexOf('=') is >= 0 and var at ? part[..at] : part).Trim();

    private static bool Is(ReadOnlySpan<char> name, string attribute) => name.Equals(attribute, StringComparison.OrdinalIgnoreCase);
}
