using Yarp.ReverseProxy.Forwarder;

namespace Strangler.Facade;

/// <summary>All that answering a request of one route needs, made once when its table goes live.</summary>
internal sealed class RoutePlan(OwnedRoute route, StageStrategy strategy, HttpMessageInvoker client, HttpTransformer transformer, Uri legacy)
{
    public OwnedRoute Route => route;

    public StageStrategy Strategy => strategy;

    /// <summary>Scheme, host and port of the owner, without a slash at the end.</summary>
    public string Prefix { get; } = route.Owner.Address.GetLeftPart(UriPartial.Authority);

    public HttpMessageInvoker Client => client;

    public HttpTransformer Transformer => transformer;

    /// <summary>Where legacy can be asked who a user is.</summary>
    public Uri Legacy => legacy;
}
