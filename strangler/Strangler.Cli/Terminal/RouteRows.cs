using Strangler.Facade;

namespace Strangler.Cli.Terminal;

/// <summary>How a route's parts are shown, wherever routes are listed.</summary>
internal static class RouteRows
{
    /// <summary>A list of which none means any.</summary>
    public static string Any(IReadOnlyList<string> values) => values.Count == 0 ? "any" : string.Join(',', values);

    /// <summary>The stage as the history has it; of a route that follows another, with the share that the other gives it.</summary>
    public static string Stage(string stage, decimal? share) => share is { } percent ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{stage} {percent:0.##}") : stage;

    public static string Identity(OwnedRoute route) => route.IdentityRequired ? "required" : "none";

    /// <summary>A time for people: UTC, to the second.</summary>
    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
