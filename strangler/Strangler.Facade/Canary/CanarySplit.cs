using Microsoft.AspNetCore.Http;

namespace Strangler.Facade;

/// <summary>How the requests of a canary route are split: the route's own rule, or that of the route it follows. Immutable.</summary>
/// <param name="Share">The share of the service; of a route that follows another, what the other gives: none in stage legacy, all in stage service.</param>
/// <param name="Salt">What the draw is salted with.</param>
/// <param name="ByUser">Whether the key is the user, as legacy names them; without a user, legacy answers.</param>
/// <param name="SessionCookie">The cookie that holds legacy's session; null when the file names none.</param>
/// <param name="Testers">How testers choose their side.</param>
internal sealed record CanarySplit(Share Share, string Salt, bool ByUser, string? SessionCookie, CanaryTesters? Testers)
{
    /// <summary>The split of a route in stage canary.</summary>
    /// <param name="leader">The route it follows; the route itself when it follows none.</param>
    /// <param name="sessionCookie">The cookie that holds legacy's session; null when the file names none.</param>
    public static CanarySplit Of(OwnedRoute leader, string? sessionCookie)
    {
        var share = leader.Stage switch
        {
            Stage.Canary => leader.Canary!.Share!.Value,
            Stage.Service or Stage.Retired => Share.All,
            _ => Share.None,
        };
        // Who leads decides for all: a page and its assets must ask the same question to come to the same answer.
        return new CanarySplit(share, leader.Canary?.Salt ?? leader.Id, leader.IdentityRequired, sessionCookie, leader.Stage == Stage.Canary ? leader.Canary!.Testers : null);
    }

    /// <summary>The side that needs no key: nobody's or everybody's, or the one that a tester asks for; null when the key decides. A share of 0 beats testers too.</summary>
    public Side? SideOf(IHeaderDictionary headers)
    {
        if (Share == Share.None) return Side.Legacy;
        return Testers?.SideOf(headers) ?? (Share == Share.All ? Side.Service : null);
    }

    /// <summary>Whether the service answers the holder of a key.</summary>
    public bool Serves(StickyKey key) => Share.Holds(Bucket.Of(Salt, key.Text));
}

/// <summary>One of the two owners of a canary route.</summary>
internal enum Side
{
    Legacy,
    Service,
}
