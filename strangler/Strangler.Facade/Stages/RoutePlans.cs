namespace Strangler.Facade;

/// <summary>Makes the plans of a table.</summary>
internal sealed class RoutePlans(OwnerClients clients, PeerTrust trust, LegacyStage legacy, ServiceStage service)
{
    public RoutePlan[] Of(OwnershipTable table)
    {
        var transformers = table.Owners.Values.ToDictionary(owner => owner.Name, owner => new OwnerTransformer(owner, trust), StringComparer.OrdinalIgnoreCase);
        var asked = table.Owners[Owner.LegacyName].Address;
        return [.. table.Routes.Select(route => new RoutePlan(route, StrategyOf(route), clients.Of(route.Owner), transformers[route.Owner.Name], asked))];
    }

    private StageStrategy StrategyOf(OwnedRoute route) => route.Stage switch
    {
        Stage.Legacy => legacy,
        Stage.Service => service,
        _ => throw new InvalidOperationException($"Route '{route.Id}' is in stage {route.Stage}, which the validator does not let through."),
    };
}
