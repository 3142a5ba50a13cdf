using Microsoft.AspNetCore.Http;

namespace Strangler.Facade;

/// <summary>The <c>canary</c> block of a route, as written. It waits there while the route is in another stage.</summary>
/// <param name="Share">The share of users that the service answers; null when the route follows another, or has none yet.</param>
/// <param name="Salt">What the draw of buckets is salted with; null for the route's id. Another salt draws everybody anew.</param>
/// <param name="Follows">The route whose users this one splits alike, e.g. the page of these assets; null for none.</param>
/// <param name="Testers">How testers choose their side; null for not at all.</param>
/// <param name="SplitsWrites">Whether unsafe methods may be split too, so that both owners write.</param>
public sealed record CanaryRule(Share? Share, string? Salt, string? Follows, CanaryTesters? Testers, bool SplitsWrites)
{
    /// <summary>The shares that the facade goes through by itself, rising; empty when people do that.</summary>
    public IReadOnlyList<Share> Steps { get; init; } = [];

    /// <summary>How long each step lasts at least. Default 10 min; 1 s to 24 h less a second.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromMinutes(10);
}

/// <summary>Where a request may name the side that it wants: <c>service</c> or <c>legacy</c>. Anything else there is not looked at.</summary>
/// <param name="Header">A header's name; null for none.</param>
/// <param name="Cookie">A cookie's name; null for none. The header counts before it.</param>
public sealed record CanaryTesters(string? Header, string? Cookie)
{
    internal Side? SideOf(IHeaderDictionary headers)
    {
        if (Header is not null && Read(headers[Header].ToString()) is { } byHeader) return byHeader;
        return Cookie is null ? null : Read(CookieHeader.Find(headers.Cookie, Cookie));
    }

    /// <summary>What in the headers chose the side, for people.</summary>
    internal string ChosenBy(IHeaderDictionary headers) => Header is not null && Read(headers[Header].ToString()) is not null ? $"The header '{Header}'" : $"The cookie '{Cookie}'";

    private static Side? Read(ReadOnlySpan<char> word) =>
        word.Equals("service", StringComparison.OrdinalIgnoreCase) ? Side.Service : word.Equals("legacy", StringComparison.OrdinalIgnoreCase) ? Side.Legacy : null;
}
