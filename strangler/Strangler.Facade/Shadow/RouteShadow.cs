using System.Runtime.CompilerServices;

namespace Strangler.Facade;

/// <summary>What one route in stage shadow is doing and has found, for as long as it stays in that stage with that service.</summary>
internal sealed class RouteShadow(OwnedRoute route, OwnerPlan legacy, ShadowTarget service, ShadowTarget? sink, FacadeMetrics metrics, DateTimeOffset since)
{
    // Shared by all settings of one stay in the stage.
    private StrongBox<bool> ended = new();

    public OwnedRoute Route => route;

    public ShadowSettings Settings => route.Shadow;

    /// <summary>Since when the route has been in stage shadow with this service; what was found before is forgotten.</summary>
    public DateTimeOffset Since => since;

    public OwnerPlan Legacy => legacy;

    public ShadowTarget Service => service;

    /// <summary>Where copies of requests with side effects go; null for nowhere.</summary>
    public ShadowTarget? Sink => sink;

    /// <summary>Whether the route has left stage shadow, or its service. Copies that wait are then dropped.</summary>
    public bool Ended => Volatile.Read(ref ended.Value);

    public ShadowTally Tally { get; private init; } = new(metrics, route.Id);

    public MismatchTable Mismatches { get; private init; } = new();

    public SeenRequests Requests { get; private init; } = new();

    public SafetyWarnings Warnings { get; private init; } = new();

    public RowChanges Rows { get; private init; } = new();

    public EvenShare Sampling { get; private init; } = new();

    public EvenShare NoiseSampling { get; private init; } = new(first: 10);

    /// <summary>What is worth keeping over a restart.</summary>
    public KeptShadow Keep() => new(route.Id, service.Plan.Owner.Address, since, Tally.Read(), Mismatches.Keep(), Warnings.LegacyWrote, Warnings.ServiceWrote);

    /// <summary>The stay in the stage that began before a restart, going on.</summary>
    public static RouteShadow Restored(KeptShadow kept, OwnedRoute route, OwnerPlan legacy, ShadowTarget service, ShadowTarget? sink, FacadeMetrics metrics)
    {
        var shadow = new RouteShadow(route, legacy, service, sink, metrics, kept.Since);
        shadow.Tally.Restore(kept.Counts);
        shadow.Mismatches.Restore(kept.Mismatches);
        shadow.Warnings.Restore(kept.LegacyWrote, kept.ServiceWrote);
        return shadow;
    }

    public void End() => Volatile.Write(ref ended.Value, true);

    /// <summary>The same findings under changed settings.</summary>
    public RouteShadow With(OwnedRoute changed, OwnerPlan changedLegacy, ShadowTarget target, ShadowTarget? otherSink) => new(changed, changedLegacy, target, otherSink, metrics, since)
    {
        ended = ended,
        Tally = Tally,
        Mismatches = Mismatches,
        Requests = Requests,
        Warnings = Warnings,
        Rows = Rows,
        Sampling = Sampling,
        NoiseSampling = NoiseSampling,
    };

    public ShadowTarget TargetOf(string method) => ShadowFilter.IsSafe(method) ? service : sink!;

    /// <summary>Authorities that are the application itself: as the user writes it, and as either side knows itself.</summary>
    public string[] OwnHosts(string host, ShadowTarget target) => [host, legacy.Owner.Address.Authority, target.Plan.Owner.Address.Authority];

    /// <summary>Whether the route's list of exclusions has the path, in whatever spelling.</summary>
    public bool Excludes(string rawTarget)
    {
        if (Settings.Exclude.Count == 0) return false;
        // Stricter than ownership: a legacy that decodes %2F must not be led around its exclusion.
        var path = RequestPath.Of(rawTarget).ToString().Replace("%2F", "/", StringComparison.OrdinalIgnoreCase).Replace("%5C", "/", StringComparison.OrdinalIgnoreCase).Replace('\\', '/');
        foreach (var template in Settings.Exclude)
        {
            if (template.Fits(path)) return true;
        }

        return false;
    }
}

/// <summary>How often "safe" requests were seen to write. Thread-safe.</summary>
internal sealed class SafetyWarnings
{
    private long legacy;
    private long service;

    public long LegacyWrote => Interlocked.Read(ref legacy);

    public long ServiceWrote => Interlocked.Read(ref service);

    public void Restore(long legacy, long service) => (this.legacy, this.service) = (legacy, service);

    /// <returns>Whether it is the first.</returns>
    public bool CountLegacy() => Interlocked.Increment(ref legacy) == 1;

    /// <returns>Whether it is the first.</returns>
    public bool CountService() => Interlocked.Increment(ref service) == 1;
}
