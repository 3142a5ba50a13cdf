namespace Strangler.Facade;

/// <summary>Finds routes of which neither is more specific than the other for some request.</summary>
internal static class Ambiguity
{
    private const string Any = "*";

    public static void Check(IEnumerable<RouteReader.Placed> routes, bool caseSensitive, RouteErrors errors)
    {
        // Two routes collide when they share path shape, one host pattern, one method and the weight of their conditions, unless no request can have the conditions of
        // both: differing in any of these, one ranks higher or only one fits.
        var claims = new Dictionary<(string Shape, string Host, string Method, int Weight), List<RouteReader.Placed>>();
        foreach (var placed in routes)
        {
            var route = placed.Route;
            var shape = route.Template.Shape(caseSensitive);
            IEnumerable<string> hosts = route.HostPatterns.Count == 0 ? [Any] : route.HostPatterns.Select(host => host.Key);
            IEnumerable<string> methods = route.Methods.Count == 0 ? [Any] : route.Methods;
            var rival = (from host in hosts from method in methods select Claim((shape, host, method, route.Weight), placed)).ToList().Find(other => other is not null);
            if (rival is null) continue;
            errors.Add(
                placed.At["match"]!,
                $"Routes '{rival.Route.Id}' (line {errors.LineOf(rival.At)}) and '{route.Id}' (line {errors.LineOf(placed.At)}) match the same requests ({rival.Route.Path} and {route.Path}) and neither is more specific.",
                route.Weight == 0 ? "Change the path, methods or hosts of one, or remove it." : "Have them ask for different values of one header, cookie or branch, or one for more than the other; or remove one.");
        }

        RouteReader.Placed? Claim((string, string, string, int) key, RouteReader.Placed placed)
        {
            if (!claims.TryGetValue(key, out var claimed)) claims[key] = claimed = [];
            var rival = claimed.Find(other => other.Route.MayMeet(placed.Route));
            if (rival is null) claimed.Add(placed);
            return rival;
        }
    }
}
