using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.LoadBalancing;
using Yarp.ReverseProxy.Model;

namespace Strangler.Facade;

/// <summary>The destinations of one owner, and the policy that chooses among the healthy ones. When none is healthy, there is none.</summary>
internal sealed class DestinationPool(Destination[] destinations, ILoadBalancingPolicy policy, ClusterState cluster, HealthRule health)
{
    public IReadOnlyList<Destination> Destinations => destinations;

    public HealthRule Health => health;

    public bool AnyHealthy => Array.Exists(destinations, destination => destination.IsHealthy);

    /// <summary>Whether another destination could answer when one cannot.</summary>
    public bool HasSeveral => destinations.Length > 1;

    /// <returns>The destination for a request; null when none is healthy.</returns>
    public Destination? Pick(HttpContext context)
    {
        if (destinations.Length == 1) return destinations[0].IsHealthy ? destinations[0] : null;

        var healthy = new List<DestinationState>(destinations.Length);
        foreach (var destination in destinations)
        {
            if (!destination.IsHealthy) continue;
            destination.State.ConcurrentRequestCount = destination.InFlight;
            healthy.Add(destination.State);
        }

        var picked = policy.PickDestination(context, cluster, healthy);
        return picked is null ? null : Array.Find(destinations, destination => ReferenceEquals(destination.State, picked));
    }
}
