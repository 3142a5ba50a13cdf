using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Strangler.Facade;

/// <summary>Says in words which side of a canary answers somebody, and why.</summary>
internal static class CanaryExplanation
{
    /// <returns>The side, or null when it depends on who asks; and the sentences.</returns>
    public static (Side? Side, IReadOnlyList<string> Reasons) Of(OwnedRoute route, string? user, IHeaderDictionary headers)
    {
        var split = route.Split!;
        var service = route.Service!.Name;
        var reasons = new List<string>();
        if (route.Canary!.Follows is { } leader) reasons.Add($"Stage canary: it splits its users as the route '{leader}' does, so that what belongs together has one owner.");
        reasons.Add(split.Share == Share.None ? "Legacy answers everybody: a share of 0 beats every cookie and every tester."
            : split.Share == Share.All ? $"Service '{service}' answers everybody."
            : $"Service '{service}' answers {split.Share} % of {(split.ByUser ? "the users" : "the visitors")}, legacy the others.");
        if (split.Share == Share.None) return (Side.Legacy, reasons);

        var wanted = split.Testers?.SideOf(headers);
        if (wanted is { } side) reasons.Add($"{split.Testers!.ChosenBy(headers)} asks for {Word(side, service)}.");
        else if (split.Testers is { } testers) reasons.Add($"Testers choose by {Names(testers)}: service or legacy.");
        if (wanted is not null || split.Share == Share.All) return (wanted ?? Side.Service, reasons);

        if (KeyOf(split, user, headers.Cookie) is not { } key)
        {
            if (split.ByUser) reasons.Add("Whoever legacy does not know is answered by legacy. Name a user to see their side.");
            else reasons.Add($"A visitor without {(split.SessionCookie is { } name ? $"the session cookie '{name}' and without " : "")}the facade's cookie '{OwnCookie.Name}' is given one, with a key drawn at random.");
            return (split.ByUser ? Side.Legacy : null, reasons);
        }

        var bucket = Bucket.Of(split.Salt, key.Text);
        side = split.Share.Holds(bucket) ? Side.Service : Side.Legacy;
        reasons.Add($"The key is the {key.Kind}; it draws bucket {bucket} of 0 to {Bucket.Count - 1}, and the service has those below {split.Share.Buckets}: {Word(side, service)}.");
        return (side, reasons);
    }

    private static StickyKey? KeyOf(CanarySplit split, string? user, StringValues cookies)
    {
        if (split.ByUser) return user is null ? null : StickyKey.User(user);
        if (split.SessionCookie is { } name && CookieHeader.Find(cookies, name) is { IsEmpty: false } session) return StickyKey.Session(session);
        return CookieHeader.Find(cookies, OwnCookie.Name) is { IsEmpty: false } own ? StickyKey.Own(own) : null;
    }

    private static string Word(Side side, string service) => side == Side.Service ? $"service '{service}'" : "legacy";

    private static string Names(CanaryTesters testers) => (testers.Header, testers.Cookie) switch
    {
        (null, var cookie) => $"the cookie '{cookie}'",
        (var header, null) => $"the header '{header}'",
        var (header, cookie) => $"the header '{header}' or the cookie '{cookie}'",
    };
}
