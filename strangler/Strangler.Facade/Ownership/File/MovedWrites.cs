namespace Strangler.Facade;

/// <summary>Knows which paths are written at a service: what legacy says about them may be old.</summary>
internal sealed class MovedWrites(IReadOnlyList<RouteReader.Placed> routes, bool caseSensitive)
{
    private readonly List<RouteReader.Placed> writers = [.. routes.Where(placed => placed.Route is { TakesUnsafeMethods: true, Stage: Stage.Canary or Stage.Service or Stage.Retired })];

    /// <summary>The route by which a service writes the paths of another, or of the same; null when there is none.</summary>
    public RouteReader.Placed? WriterOf(OwnedRoute route) => writers.Find(writer => Meet(writer.Route, route));

    private bool Meet(OwnedRoute one, OwnedRoute other) =>
        one.Template.Meets(other.Template, caseSensitive) && one.MayMeet(other)
        && (one.HostPatterns.Count == 0 || other.HostPatterns.Count == 0 || one.HostPatterns.Any(host => other.HostPatterns.Any(rival => rival.Key == host.Key)));
}
