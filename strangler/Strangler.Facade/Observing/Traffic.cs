using System.Collections.Concurrent;

namespace Strangler.Facade;

/// <summary>The traffic of every route, by id; goes on over changes of the file.</summary>
internal sealed class Traffic(TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, RouteTraffic> routes = new(StringComparer.OrdinalIgnoreCase);

    public RouteTraffic Of(OwnedRoute route) => routes.GetOrAdd(route.Id, _ => new RouteTraffic(clock));
}
