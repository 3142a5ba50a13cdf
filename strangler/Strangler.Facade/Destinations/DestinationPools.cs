using System.Collections.Concurrent;
using Yarp.ReverseProxy.Model;

namespace Strangler.Facade;

/// <summary>Makes the pools of owners. A destination keeps its health and its connections while its owner and its address stay.</summary>
internal sealed class DestinationPools(OwnerClients clients, LoadBalancing balancing, TimeProvider clock)
{
    private readonly ConcurrentDictionary<(string Owner, string Address), Destination> destinations = new();
    private readonly ConcurrentDictionary<string, ClusterState> clusters = new(StringComparer.OrdinalIgnoreCase);

    public DestinationPool Of(Owner owner)
    {
        var rules = owner.Rules;
        Destination[] destinations = [.. (rules?.Destinations ?? [owner.Address]).Select(address =>
            this.destinations.GetOrAdd((owner.Name.ToUpperInvariant(), address.GetLeftPart(UriPartial.Authority)), _ => new Destination(address, clients.Of(address), clock)))];
        var health = rules?.Health ?? HealthRule.Default;
        if (health.Path is null)
        {
            foreach (var destination in destinations) destination.Unprobed();
        }

        // YARP's round robin counts by cluster, so the cluster stays too.
        return new DestinationPool(destinations, balancing.Policy(rules?.LoadBalancing ?? ServiceRules.DefaultLoadBalancing), clusters.GetOrAdd(owner.Name, name => new ClusterState(name)), health);
    }
}
