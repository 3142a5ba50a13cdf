namespace Strangler.Facade;

/// <summary>Reads <c>fallback</c> of a route, and refuses it where legacy's answer could be old.</summary>
internal sealed class FallbackReader(RouteErrors errors)
{
    private static readonly TimeSpan Otherwise = TimeSpan.FromSeconds(3);
    private readonly ValueReader values = new(errors);

    /// <summary>The rule; null when there is none.</summary>
    public FallbackRule? Read(PlacedValue route)
    {
        var after = values.Duration(route, "fallbackAfter", TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(1), Otherwise);
        if (route["fallback"] is not null) return values.Choice(route, "fallback", [Owner.LegacyName], "") is { Length: > 0 } ? new FallbackRule(after) : null;
        if (route["fallbackAfter"] is { } alone) errors.Add(alone, "'fallbackAfter' says nothing without a fallback.", "Add \"fallback\": \"legacy\", or leave it out.");
        return null;
    }

    /// <summary>A route falls back only where legacy knows all there is to know: neither it nor another entry may write these paths at a service.</summary>
    public void Check(IReadOnlyList<RouteReader.Placed> routes, MovedWrites moved)
    {
        foreach (var placed in routes.Where(placed => placed.Route.Fallback is not null))
        {
            var at = placed.At["fallback"]!;
            if (placed.Route.TakesUnsafeMethods)
            {
                errors.Add(
                    at,
                    "A route that takes methods that write cannot fall back: legacy would not know what the service wrote.",
                    "Name \"methods\": [\"GET\", \"HEAD\"] in its match and give the others an entry of their own, which stays legacy's; or leave 'fallback' out.");
            }
            else if (placed.Route.Stage is Stage.Canary or Stage.Service && moved.WriterOf(placed.Route) is { } writer)
            {
                errors.Add(
                    at,
                    $"The writes of these paths have moved to a service (route '{writer.Route.Id}', line {errors.LineOf(writer.At)}), so legacy's answer would be old.",
                    "Leave 'fallback' out.");
            }
        }
    }
}
