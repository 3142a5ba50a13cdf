namespace Strangler.Facade;

/// <summary>Makes the plans of a table.</summary>
internal sealed class RoutePlans(DestinationPools pools, Breakers breakers, PeerTrust trust, LegacyStage legacy, ShadowStage shadow, CanaryStage canary, ServiceStage service, ShadowLedger shadows, Measures measures)
{
    public RoutePlan[] Of(OwnershipTable table)
    {
        var owners = table.Owners.Values.ToDictionary(owner => owner.Name, owner => new OwnerPlan(owner, pools.Of(owner), breakers.Of(owner), new OwnerTransformer(owner, trust)), StringComparer.OrdinalIgnoreCase);
        RoutePlan[] plans = [.. table.Routes.Select(route => new RoutePlan(route, StrategyOf(route), owners[Owner.LegacyName], route.Service is { } service ? owners[service.Name] : null, measures.Of(route)))];
        shadows.Take(plans);
        return plans;
    }

    private StageStrategy StrategyOf(OwnedRoute route) => route.Stage switch
    {
        Stage.Legacy => legacy,
        Stage.Shadow => shadow,
        Stage.Canary => canary,
        Stage.Service => service,
        _ => throw new InvalidOperationException($"Route '{route.Id}' is in stage {route.Stage}, which the validator does not let through."),
    };
}
