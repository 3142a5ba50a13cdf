using Yarp.ReverseProxy.Forwarder;

namespace Strangler.Facade;

/// <summary>Makes the plans of a table.</summary>
internal sealed class RoutePlans(DestinationPools pools, Breakers breakers, PeerTrust trust, OpenExchanges exchanges, FacadeOptions options, LegacyStage legacy, ShadowStage shadow, CanaryStage canary, ServiceStage service, ShadowLedger shadows, Measures measures, Traffic traffic)
{
    // HTTP/1.1 to every owner: what a browser could send to the application directly, and nothing that the application never saw.
    private readonly ForwarderRequestConfig exchange = new()
    {
        ActivityTimeout = options.IdleTimeout,
        Version = System.Net.HttpVersion.Version11,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    public RoutePlan[] Of(OwnershipTable table)
    {
        var owners = table.Owners.Values.ToDictionary(owner => owner.Name, owner => new OwnerPlan(owner, pools.Of(owner), breakers.Of(owner), new OwnerTransformer(owner, trust, exchanges)), StringComparer.OrdinalIgnoreCase);
        RoutePlan[] plans = [.. table.Routes.Select(route => new RoutePlan(route, StrategyOf(route), owners[Owner.LegacyName], route.Service is { } service ? owners[service.Name] : null, measures.Of(route)) { Exchange = ExchangeOf(route), Traffic = traffic.Of(route) })];
        shadows.Take(plans);
        return plans;
    }

    private ForwarderRequestConfig ExchangeOf(OwnedRoute route) => route.IdleTimeout is { } idle ? exchange with { ActivityTimeout = idle } : exchange;

    private StageStrategy StrategyOf(OwnedRoute route) => route.Stage switch
    {
        Stage.Legacy => legacy,
        Stage.Shadow => shadow,
        Stage.Canary => canary,
        Stage.Service => service,
        _ => throw new InvalidOperationException($"Route '{route.Id}' is in stage {route.Stage}, which the validator does not let through."),
    };
}
