namespace Strangler.Facade.Tests;

/// <summary>Who answers a user, and in which stage: every place in which users must notice nothing.</summary>
public enum Place
{
    InLegacy,

    /// <summary>Legacy answers, every answer is kept for comparison and every copy fails: nobody answers where the service should be.</summary>
    InShadow,

    /// <summary>A user of a canary whom legacy answers.</summary>
    InCanaryAtLegacy,

    /// <summary>A user of a canary whom the service answers.</summary>
    InCanaryAtService,
    InService,
}

/// <summary>What a place is made of.</summary>
internal static class Places
{
    public static Stage Stage(this Place place) => place switch
    {
        Place.InLegacy => Strangler.Facade.Stage.Legacy,
        Place.InShadow => Strangler.Facade.Stage.Shadow,
        Place.InService => Strangler.Facade.Stage.Service,
        _ => Strangler.Facade.Stage.Canary,
    };

    public static bool IsAtService(this Place place) => place is Place.InCanaryAtService or Place.InService;

    /// <summary>The cookie by which a canary of half the users (<see cref="Tables.At"/>) knows that its holder is on this side; null where it makes no difference.</summary>
    public static string? Cookie(this Place place)
    {
        if (place.Stage() != Strangler.Facade.Stage.Canary) return null;
        var key = Enumerable.Range(0, 1000).Select(i => $"{i}").First(key => Bucket.Of(Tables.Moving, StickyKey.Own(key).Text) < Bucket.Count / 2 == place.IsAtService());
        return $"{OwnCookie.Name}={key}";
    }
}
