namespace Strangler.Facade;

/// <summary>Reads one parameter of a target's query, without taking the others apart.</summary>
internal static class QueryParameter
{
    /// <summary>The value, decoded; empty when there is no such parameter, or it is empty. Of several the first counts.</summary>
    public static ReadOnlySpan<char> Find(string target, string name)
    {
        var at = target.IndexOf('?', StringComparison.Ordinal);
        if (at < 0) return default;
        var query = target.AsSpan(at + 1);
        foreach (var range in query.Split('&'))
        {
            var pair = query[range];
            var equals = pair.IndexOf('=');
            if (equals >= 0 && Decoded(pair[..equals]).SequenceEqual(name)) return Decoded(pair[(equals + 1)..]);
        }

        return default;
    }

    private static ReadOnlySpan<char> Decoded(ReadOnlySpan<char> text) => text.ContainsAny('%', '+') ? Uri.UnescapeDataString(text.ToString().Replace('+', ' ')) : text;
}
