using System.Collections.Concurrent;

namespace Strangler.Facade;

/// <summary>
/// The measures of routes that a service answers: in stage canary, and with gates also in stage service. They go on over every change of the file that leaves a
/// route's stage, share and service alone, and over a restart. One thread, that of the tables, asks for them.
/// </summary>
internal sealed class Measures(MeasureMemory memory, TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, RouteMeasure> measures = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, KeptMeasure> before = new(memory.Read(), StringComparer.OrdinalIgnoreCase);

    public IEnumerable<RouteMeasure> All => measures.Values;

    /// <summary>The measure of a route; null when it is not measured.</summary>
    public RouteMeasure? Of(OwnedRoute route)
    {
        // What was before the start is good for the first table only.
        before.Remove(route.Id, out var kept);
        if (route.Split is null && route is not { Stage: Stage.Service, Gates: not null })
        {
            measures.TryRemove(route.Id, out _);
            return null;
        }

        var rule = route.Gates ?? GateRule.Default;
        var setting = $"{(route.Split is { } split ? split.Share.ToString() : route.Stage.Word())} {route.Service!.Name} {string.Join(' ', route.Service.Rules!.Destinations)}";
        var known = measures.GetValueOrDefault(route.Id);
        if (known?.Setting == setting)
        {
            known.Rule = rule;
            return known;
        }

        var legacyAnswers = route.Split is { } canary && canary.Share < Share.All;
        return measures[route.Id] = known is null && kept?.Setting == setting ? RouteMeasure.Restored(kept, route.Id, rule, legacyAnswers)
            : new RouteMeasure(route.Id, setting, rule, legacyAnswers, LegacyOf(known?.Keep() ?? kept, rule), clock.GetUtcNow());
    }

    /// <summary>Legacy as it was last measured beside the service; null when too little is known.</summary>
    private static SideCounts? LegacyOf(KeptMeasure? before, GateRule rule)
    {
        if (before is not { LegacyAnswers: true, Windows.Count: > 0 }) return before?.LegacyBefore;
        var measured = before.Windows.Select(window => window.Legacy).Aggregate((older, newer) => older + newer);
        return measured.Requests >= rule.Samples ? measured : before.LegacyBefore;
    }
}
