using Strangler.Cli.Admin;
using Strangler.Facade;

namespace Strangler.Cli.Terminal;

/// <summary>How a route's parts are shown, wherever routes are listed.</summary>
internal static class RouteRows
{
    /// <summary>A list of which none means any.</summary>
    public static string Any(IReadOnlyList<string> values) => values.Count == 0 ? "any" : string.Join(',', values);

    /// <summary>The stage as the history has it; of a route that follows another, with the share that the other gives it.</summary>
    public static string Stage(string stage, decimal? share) => share is { } percent ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{stage} {percent:0.##}") : stage;

    /// <summary>Which requests it takes, in one line, e.g. <c>GET,HEAD shop.example/orders/{id} [header X-Unit: 1]</c>.</summary>
    public static string Takes(RouteStatus route)
    {
        var methods = route.Methods.Count == 0 ? "" : $"{string.Join(',', route.Methods)} ";
        var conditions = route.Conditions is { Count: > 0 } all ? $" [{string.Join("; ", all)}]" : "";
        return $"{methods}{string.Join('|', route.Hosts)}{route.Path}{conditions}";
    }

    /// <summary>Who answers: in a canary both; who stands in for the service; whether legacy is asked who the user is.</summary>
    public static string Owner(RouteStatus route)
    {
        var owner = route.Stage == Facade.Stage.Canary.Word() ? $"{route.Service}|legacy" : route.Owner;
        if (route.Fallback is not null && route.Stage is "canary" or "service") owner += ", fallback";
        return route.Identity == "required" ? $"{owner}, identity" : owner;
    }

    public static string Identity(OwnedRoute route) => route.IdentityRequired ? "required" : "none";

    /// <summary>A time for people: UTC, to the second.</summary>
    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
