namespace Strangler.Facade;

/// <summary>Who answers requests: legacy, or one service.</summary>
/// <param name="Name"><c>legacy</c>, or the service's name in the file.</param>
/// <param name="Address">Scheme, host and port; never a path. Of a service with several destinations the first.</param>
/// <param name="Forwarded">What the facade does with X-Forwarded-* towards this owner.</param>
public sealed record Owner(string Name, Uri Address, ForwardedPolicy Forwarded)
{
    /// <summary>The name of the owner that is there before any service is.</summary>
    public const string LegacyName = "legacy";

    /// <summary>The cookie by which legacy knows a session; null when the file names none, and for services.</summary>
    public string? SessionCookie { get; init; }

    /// <summary>Whether requests to it carry the facade's own part of their trace, while the facade takes part in traces; else they carry what the client sent.</summary>
    public bool Trace { get; init; }

    /// <summary>The version of HTTP that it is spoken to in: 1.1 (the default: what a browser could send to the application directly), or 2 for one that speaks nothing else, such as gRPC.</summary>
    public Version HttpVersion { get; init; } = System.Net.HttpVersion.Version11;

    /// <summary>What of its answers is written anew; null for nothing.</summary>
    internal RewriteRule? Rewrite { get; init; }

    /// <summary>Its destinations, balancing, health and breaker; null for legacy, which has one address and is never left alone.</summary>
    public ServiceRules? Rules { get; init; }
}

/// <summary>What the facade does with X-Forwarded-For, -Proto and -Host on the way to an owner.</summary>
public enum ForwardedPolicy
{
    /// <summary>Adds nothing (the default: an application that never saw these headers may change its URLs when it gets them).</summary>
    None,

    /// <summary>Appends this hop to the chain that a trusted peer sent; begins a new chain for anyone else.</summary>
    Append,

    /// <summary>Writes this hop alone, whatever was sent.</summary>
    Set,
}
