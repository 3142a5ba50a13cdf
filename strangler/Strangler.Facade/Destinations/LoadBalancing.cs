using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy.LoadBalancing;

namespace Strangler.Facade;

/// <summary>YARP's load balancing policies, by name.</summary>
internal sealed class LoadBalancing : IDisposable
{
    public static readonly string[] Names =
    [
        LoadBalancingPolicies.PowerOfTwoChoices, LoadBalancingPolicies.LeastRequests, LoadBalancingPolicies.RoundRobin, LoadBalancingPolicies.Random,
        LoadBalancingPolicies.FirstAlphabetical,
    ];

    // The policies are internal to YARP and come out of its container only. The facade's own container stays without YARP's routes, data protection and all.
    private readonly ServiceProvider yarp = Services();
    private readonly Dictionary<string, ILoadBalancingPolicy> policies;

    public LoadBalancing() => policies = yarp.GetServices<ILoadBalancingPolicy>().ToDictionary(policy => policy.Name);

    public ILoadBalancingPolicy Policy(string name) => policies[name];

    public void Dispose() => yarp.Dispose();

    private static ServiceProvider Services()
    {
        var services = new ServiceCollection();
        services.AddReverseProxy();
        return services.BuildServiceProvider();
    }
}
