namespace Strangler.Identity;

/// <summary>What a service needs to believe the facade. Read from the configuration section <c>Identity</c>; checked at start.</summary>
public sealed class StranglerIdentityOptions
{
    /// <summary>Path of the PEM file with the facade's public key (configuration key <c>Identity:PublicKey</c>).</summary>
    /// <value>No default: without it the service does not start. A relative path counts from the working directory.</value>
    public string PublicKey { get; set; } = "";

    /// <summary>Name of this service as in <c>routes.json</c>: only tokens issued for it are accepted.</summary>
    /// <value>No default: without it the service does not start. Compared ordinally.</value>
    public string Audience { get; set; } = "";

    /// <summary>How far the clocks of facade and service may be apart; a token lives this much longer.</summary>
    /// <value>Default 5 s; 0 to 60 s.</value>
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Paths, with all below them, that answer without identity.</summary>
    /// <value>Default <c>/health</c> and <c>/openapi</c>. Compared by segment, without regard to case, as routing does.</value>
    public IList<string> OpenPaths { get; } = ["/health", "/openapi"];
}
