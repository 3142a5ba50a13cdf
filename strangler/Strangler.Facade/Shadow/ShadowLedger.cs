using System.Collections.Concurrent;

namespace Strangler.Facade;

/// <summary>What is known of every route that is, or was, in stage shadow while this facade runs. Thread-safe.</summary>
internal sealed class ShadowLedger(ShadowLanes lanes, DestinationPools pools, PeerTrust trust, OpenExchanges exchanges, FacadeMetrics metrics, TimeProvider clock, KeptShadows kept)
{
    private readonly ConcurrentDictionary<string, RouteShadow> routes = new(StringComparer.OrdinalIgnoreCase);
    private bool started;

    /// <summary>Every route in stage shadow now.</summary>
    public IEnumerable<RouteShadow> Live => routes.Values.Where(shadow => !shadow.Ended);

    /// <summary>The route's shadow; null when it never was in that stage. One that has ended still shows what was found.</summary>
    public RouteShadow? Of(string routeId) => routes.GetValueOrDefault(routeId);

    /// <summary>Takes the routes of a table that goes live. A route that stays in stage shadow keeps its findings; one that enters it, or gets another service, begins anew.</summary>
    public void Take(IEnumerable<RoutePlan> plans)
    {
        var shadows = plans.Where(plan => plan.Route.Stage == Stage.Shadow).ToDictionary(plan => plan.Route.Id, StringComparer.OrdinalIgnoreCase);
        foreach (var (id, known) in routes)
        {
            if (!shadows.TryGetValue(id, out var plan) || plan.Service!.Owner.Address != known.Service.Plan.Owner.Address) known.End();
        }

        // Only the first table after the start goes on from before: any other stay in the stage begins anew.
        var before = started ? [] : kept.Read();
        started = true;
        foreach (var (id, plan) in shadows)
        {
            var service = new ShadowTarget(plan.Service!, lanes.Of(plan.Service!.Owner.Address));
            var sink = plan.Route.Shadow.Sink is { } address ? Sink(address) : null;
            routes[id] = Of(id) is { Ended: false } known ? known.With(plan.Route, plan.Legacy, service, sink)
                : before.FirstOrDefault(one => one.Route == id && one.Service == plan.Service!.Owner.Address) is { } one ? RouteShadow.Restored(one, plan.Route, plan.Legacy, service, sink, metrics)
                : new RouteShadow(plan.Route, plan.Legacy, service, sink, metrics, clock.GetUtcNow());
        }
    }

    private ShadowTarget Sink(Uri address)
    {
        var lane = lanes.Of(address);
        var owner = new Owner("sink", address, ForwardedPolicy.None);
        return new(new OwnerPlan(owner, pools.Of(owner), null, new OwnerTransformer(owner, trust, exchanges)), lane);
    }
}
