namespace Strangler.Facade;

/// <summary>Finds routes of which neither is more specific than the other for some request.</summary>
internal static class Ambiguity
{
    private const string Any = "*";

    public static void Check(IEnumerable<RouteReader.Placed> routes, bool caseSensitive, RouteErrors errors)
    {
        // Two routes collide when they share path shape, one host pattern and one method: differing in any of the three, one ranks higher or only one fits.
        var claims = new Dictionary<(string Shape, string Host, string Method), RouteReader.Placed>();
        foreach (var placed in routes)
        {
            var route = placed.Route;
            var shape = route.Template.Shape(caseSensitive);
            IEnumerable<string> hosts = route.HostPatterns.Count == 0 ? [Any] : route.HostPatterns.Select(host => host.Key);
            IEnumerable<string> methods = route.Methods.Count == 0 ? [Any] : route.Methods;
            var rival = (from host in hosts from method in methods select Claim((shape, host, method), placed)).FirstOrDefault(other => other is not null);
            if (rival is null) continue;
            errors.Add(
                placed.At["match"]!,
                $"Routes '{rival.Route.Id}' (line {errors.LineOf(rival.At)}) and '{route.Id}' match the same requests ({rival.Route.Path} and {route.Path}) and neither is more specific.",
                "Change the path, methods or hosts of one, or remove it.");
        }

        RouteReader.Placed? Claim((string, string, string) key, RouteReader.Placed placed) =>
            claims.TryAdd(key, placed) ? null : claims[key];
    }
}
