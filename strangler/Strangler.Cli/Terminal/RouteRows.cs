using Strangler.Facade;

namespace Strangler.Cli.Terminal;

/// <summary>How a route's parts are shown, wherever routes are listed.</summary>
internal static class RouteRows
{
    /// <summary>A list of which none means any.</summary>
    public static string Any(IReadOnlyList<string> values) => values.Count == 0 ? "any" : string.Join(',', values);

    public static string Identity(OwnedRoute route) => route.IdentityRequired ? "required" : "none";

    /// <summary>A time for people: UTC, to the second.</summary>
    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
