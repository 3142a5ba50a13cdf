using Yarp.ReverseProxy.Forwarder;

namespace Strangler.Facade;

/// <summary>All that sending requests to one owner needs; the same for every route of a table.</summary>
internal sealed class OwnerPlan(Owner owner, DestinationPool pool, Breaker? breaker, HttpTransformer transformer)
{
    public Owner Owner => owner;

    /// <summary>Where it listens, and which of these places are healthy.</summary>
    public DestinationPool Pool => pool;

    /// <summary>What leaves it alone while it fails; null for legacy, and for a service without one.</summary>
    public Breaker? Breaker => breaker;

    /// <summary>Whether a request would be sent to it now.</summary>
    public bool CanAnswer => breaker is not { Refuses: true } && pool.AnyHealthy;

    /// <summary>Its first destination: scheme, host and port, without a slash at the end.</summary>
    public string Prefix => pool.Destinations[0].Prefix;

    public HttpTransformer Transformer => transformer;
}
