using Microsoft.Extensions.Primitives;

namespace Strangler.Facade;

/// <summary>Reads one cookie of a Cookie header without taking the others apart, and takes one out without changing the others.</summary>
internal static class CookieHeader
{
    /// <summary>The value as sent; empty when there is no such cookie, or it is empty. Of several the first counts, as browsers send the most specific first.</summary>
    public static ReadOnlySpan<char> Find(StringValues headers, string name)
    {
        foreach (var header in headers)
        {
            var rest = header.AsSpan();
            while (!rest.IsEmpty)
            {
                var pair = Next(ref rest);
                if (IsNamed(pair, name)) return pair.Trim()[(name.Length + 1)..];
            }
        }

        return default;
    }

    /// <summary>The header without every cookie of that name; the same text when there is none, null when none is left.</summary>
    public static string? Without(string header, string name)
    {
        if (!header.Contains(name, StringComparison.Ordinal)) return header;
        var kept = new List<string>();
        var rest = header.AsSpan();
        var found = false;
        while (!rest.IsEmpty)
        {
            var pair = Next(ref rest);
            if (IsNamed(pair, name)) found = true;
            else kept.Add(pair.ToString());
        }

        if (!found) return header;
        return kept.Count == 0 ? null : string.Join(';', kept).TrimStart(' ');
    }

    private static ReadOnlySpan<char> Next(scoped ref ReadOnlySpan<char> rest)
    {
        var end = rest.IndexOf(';');
        var pair = end < 0 ? rest : rest[..end];
        rest = end < 0 ? default : rest[(end + 1)..];
        return pair;
    }

    private static bool IsNamed(ReadOnlySpan<char> pair, string name)
    {
        pair = pair.Trim();
        return pair.Length > name.Length && pair[name.Length] == '=' && pair.StartsWith(name, StringComparison.Ordinal);
    }
}
