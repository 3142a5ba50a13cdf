using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Strangler.Facade;

/// <summary>Writes anew what an owner's answer says about where it is, as the owner's rule says.</summary>
internal sealed class AnswerRewriting(RewriteRule rule, IReadOnlyList<Uri> addresses, PeerTrust trust)
{
    private const string Refresh = "Refresh";
    private readonly LocationRewriting locations = new(addresses, rule.Names);

    /// <summary>What an owner's answers go through; null when its entry has no rule.</summary>
    public static AnswerRewriting? Of(Owner owner, PeerTrust trust) =>
        owner.Rewrite is { } rule ? new AnswerRewriting(rule, owner.Rules?.Destinations ?? [owner.Address], trust) : null;

    public void Apply(HttpContext context)
    {
        var headers = context.Response.Headers;
        if (PublicAddress.Of(context, trust) is not { } at) return;
        if (rule.Locations)
        {
            headers.Location = Each(headers.Location, locations.Url, at);
            headers.ContentLocation = Each(headers.ContentLocation, locations.Url, at);
            headers[Refresh] = Each(headers[Refresh], locations.Refresh, at);
            headers.Link = Each(headers.Link, locations.Link, at);
        }

        if (rule.Cookies is { } cookies) headers.SetCookie = Each(headers.SetCookie, (cookie, where) => CookieRewriting.Of(cookie, cookies, where), at);
    }

    private static StringValues Each(StringValues values, Func<string, PublicAddress, string> rewrite, PublicAddress at) =>
        values.Count == 0 ? values : values.Select(value => value is null ? null : rewrite(value, at)).ToArray();
}
