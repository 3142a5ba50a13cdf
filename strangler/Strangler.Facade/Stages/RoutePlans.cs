namespace Strangler.Facade;

/// <summary>Makes the plans of a table.</summary>
internal sealed class RoutePlans(OwnerClients clients, PeerTrust trust, LegacyStage legacy, CanaryStage canary, ServiceStage service)
{
    public RoutePlan[] Of(OwnershipTable table)
    {
        var owners = table.Owners.Values.ToDictionary(owner => owner.Name, owner => new OwnerPlan(owner, clients.Of(owner), new OwnerTransformer(owner, trust)), StringComparer.OrdinalIgnoreCase);
        return [.. table.Routes.Select(route => new RoutePlan(route, StrategyOf(route), owners[Owner.LegacyName], route.Service is { } service ? owners[service.Name] : null))];
    }

    private StageStrategy StrategyOf(OwnedRoute route) => route.Stage switch
    {
        Stage.Legacy => legacy,
        Stage.Canary => canary,
        Stage.Service => service,
        _ => throw new InvalidOperationException($"Route '{route.Id}' is in stage {route.Stage}, which the validator does not let through."),
    };
}
