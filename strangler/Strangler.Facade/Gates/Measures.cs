using System.Collections.Concurrent;

namespace Strangler.Facade;

/// <summary>The measures of routes in stage canary. They go on over every change of the file that leaves a route's share and service alone, and over a restart.</summary>
internal sealed class Measures(MeasureMemory memory, TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, RouteMeasure> _measures = new(StringComparer.OrdinalIgnoreCase);
    private readonly IReadOnlyDictionary<string, KeptMeasure> _before = memory.Read();

    public IEnumerable<RouteMeasure> All => _measures.Values;

    /// <summary>The measure of a route in stage canary; null in other stages.</summary>
    public RouteMeasure? Of(OwnedRoute route)
    {
        if (route.Split is not { } split)
        {
            _measures.TryRemove(route.Id, out _);
            return null;
        }

        var setting = $"{split.Share} {route.Service!.Name} {string.Join(' ', route.Service.Rules!.Destinations)}";
        return _measures.AddOrUpdate(route.Id, _ => Begin(route.Id, setting), (_, measure) => measure.Setting == setting ? measure : Begin(route.Id, setting));
    }

    private RouteMeasure Begin(string route, string setting)
    {
        if (!_before.TryGetValue(route, out var kept) || kept.Setting != setting || _measures.ContainsKey(route)) return new RouteMeasure(route, setting, clock.GetUtcNow());
        var measure = new RouteMeasure(route, setting, kept.Since);
        measure.Service.Restore(kept.Service);
        measure.Legacy.Restore(kept.Legacy);
        return measure;
    }
}
