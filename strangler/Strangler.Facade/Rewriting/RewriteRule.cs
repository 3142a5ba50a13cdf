namespace Strangler.Facade;

/// <summary>What of an owner's answers is written anew for an owner that does not take the public address for its own.</summary>
/// <param name="Locations">Whether absolute URLs in Location, Content-Location, Refresh and Link lead to the public address when they name the owner.</param>
/// <param name="Names">Hosts that the owner calls itself by, besides its addresses; a name without a port stands for every port.</param>
/// <param name="Cookies">What becomes of the attributes of its cookies; null: they stay.</param>
internal sealed record RewriteRule(bool Locations, IReadOnlyList<HostPattern> Names, CookieRule? Cookies);

/// <summary>What becomes of the attributes of an owner's cookies. Null leaves an attribute as it is.</summary>
/// <param name="Domain">Stands in place of a Domain that browsers would refuse at the public host; <see cref="Remove"/> takes it out.</param>
/// <param name="Path">Stands in place of every Path.</param>
/// <param name="Secure">Whether cookies are Secure: always (<c>add</c>), never (<see cref="Remove"/>), or when the public address is https (<c>public</c>).</param>
/// <param name="SameSite">Stands in place of every SameSite; <see cref="Remove"/> takes it out.</param>
internal sealed record CookieRule(string? Domain, string? Path, string? Secure, string? SameSite)
{
    public const string Add = "add";
    public const string Public = "public";
    public const string Remove = "remove";
}
