using Yarp.ReverseProxy.Forwarder;

namespace Strangler.Facade;

/// <summary>All that sending requests to one owner needs; the same for every route of a table.</summary>
internal sealed class OwnerPlan(Owner owner, HttpMessageInvoker client, HttpTransformer transformer)
{
    public Owner Owner => owner;

    /// <summary>Scheme, host and port, without a slash at the end.</summary>
    public string Prefix { get; } = owner.Address.GetLeftPart(UriPartial.Authority);

    public HttpMessageInvoker Client => client;

    public HttpTransformer Transformer => transformer;
}
