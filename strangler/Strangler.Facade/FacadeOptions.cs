using System.Net;

namespace Strangler.Facade;

/// <summary>Settings of a facade, under the configuration key <c>Facade</c>. What routes where stands in <see cref="Routes"/>, not here.</summary>
public sealed class FacadeOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Facade";

    /// <summary>Where the admin endpoints listen; never where the public does.</summary>
    /// <value>Default <c>http://127.0.0.1:8081</c>; an IP address of this machine, port 0 for any free one. One that others can reach needs an <see cref="AdminToken"/>.</value>
    public string Admin { get; set; } = "http://127.0.0.1:8081";

    /// <summary>Path of the file with the token that the admin endpoints ask for, health included: <c>Authorization: Bearer TOKEN</c>. Read at the start.</summary>
    /// <value>Default null: they ask for none, and listen on loopback only. The file holds 16 to 512 visible ASCII characters.</value>
    public string? AdminToken { get; set; }

    /// <summary>The file of route ownership.</summary>
    /// <value>Default <c>routes.json</c> beside the program; a relative path counts from the working directory.</value>
    public string Routes { get; set; } = Path.Combine(AppContext.BaseDirectory, "routes.json");

    /// <summary>The folder of the history and of the last good table; made when missing, held by one facade.</summary>
    /// <value>Default null: the folder <c>.strangler</c> beside <see cref="Routes"/>.</value>
    public string? State { get; set; }

    /// <summary>Addresses by owner (<c>legacy</c> or a service's name) that override those of the file, e.g. per environment.</summary>
    /// <value>Default empty. Every name must be an owner of the file at start.</value>
    public IDictionary<string, string> Addresses { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>The branch that this facade serves, where <c>branches</c> of the file go by this setting; elsewhere it says nothing.</summary>
    /// <value>Default null: none. One of the branches that the file knows.</value>
    public string? Branch { get; set; }

    /// <summary>The secret of the authentication exchange with legacy, the same as there.</summary>
    /// <value>Default null: no route can have identity "required" in stage service. A GUID, not all zeros.</value>
    public string? RemoteAuthenticationKey { get; set; }

    /// <summary>How long the exchange with legacy may take before the user gets a 503.</summary>
    /// <value>Default 10 s; 100 ms to 100 s.</value>
    public TimeSpan IdentityTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a canary by user remembers whose credentials legacy said these are, to choose a side without asking. Whoever the service is told about is asked about with every request all the same; a user who logs in as somebody else without another cookie may stay on the side of before for so long.</summary>
    /// <value>Default 1 min; 0 s (ask every time) to 10 min.</value>
    public TimeSpan IdentityMemory { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Networks (CIDR) of the proxies in front of this facade. X-Forwarded-* and Forwarded of anyone else are removed.</summary>
    /// <value>Default null: this machine (<c>127.0.0.0/8</c>, <c>::1/128</c>).</value>
    public IList<string>? TrustedPeers { get; set; }

    /// <summary>How long a connection to an owner may take to be made.</summary>
    /// <value>Default 15 s; 100 ms to 10 min.</value>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long an exchange may stand still, without a byte in either direction, before the user gets a 504. A route's <c>idleTimeout</c> goes before it. An open WebSocket may be silent for as long as owner and client like.</summary>
    /// <value>Default 10 min (old applications have slow pages); 1 s to 24 h.</value>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>What the facade's own 502, 503 and 504 tell clients to wait (<c>Retry-After</c>). While a breaker is open, they are told when it lets requests through again.</summary>
    /// <value>Default 5 s; 1 s to 1 h.</value>
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a client may take to send the head of a request, before its connection is cut.</summary>
    /// <value>Default 30 s; 1 s to 1 h.</value>
    public TimeSpan HeadTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a WebSocket or a stream of events may go on with an owner that its route has left, before it is ended cleanly and the client comes again.</summary>
    /// <value>Default 1 min; 0 s (at once) to 24 h.</value>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>What stage shadow may cost.</summary>
    /// <value>Default: as <see cref="ShadowOptions"/> says.</value>
    public ShadowOptions Shadow { get; } = new();

    internal string StateFolder => State ?? Path.Combine(Path.GetDirectoryName(Path.GetFullPath(Routes))!, ".strangler");

    internal IReadOnlyDictionary<string, Uri> AddressOverrides() =>
        Addresses.ToDictionary(pair => pair.Key, pair => OwnerReader.Address(pair.Value)!, StringComparer.OrdinalIgnoreCase);

    internal IReadOnlyList<IPNetwork> TrustedNetworks() => [.. (TrustedPeers ?? ["127.0.0.0/8", "::1/128"]).Select(IPNetwork.Parse)];
}
