namespace Strangler.Facade;

/// <summary>How a service is reached, and when it is left alone.</summary>
/// <param name="Destinations">Where it listens: scheme, host and port each; at least one.</param>
/// <param name="LoadBalancing">The name of YARP's policy that chooses among healthy destinations.</param>
/// <param name="Health">When a destination is taken out.</param>
/// <param name="Breaker">When the whole service is left alone; null for never.</param>
public sealed record ServiceRules(IReadOnlyList<Uri> Destinations, string LoadBalancing, HealthRule Health, BreakerRule? Breaker)
{
    /// <summary>YARP's default: two at random, the less busy of them.</summary>
    public const string DefaultLoadBalancing = "PowerOfTwoChoices";
}

/// <summary>When a destination is taken out, and when it comes back.</summary>
/// <param name="Path">What is asked for at each destination; an answer of 2xx means healthy. Null: nobody asks.</param>
/// <param name="Interval">How often. Default 10 s; 0.1 s to 1 h.</param>
/// <param name="Timeout">How long an answer may take. Default 2 s; 0.05 s to 1 min.</param>
/// <param name="Failures">After how many failures in a row a destination is out; one good answer brings it back. Default 2; 1 to 100.</param>
/// <param name="Pause">How long one of several destinations is out after a connection to it failed. Default 5 s; 0.1 s to 1 h.</param>
public sealed record HealthRule(string? Path, TimeSpan Interval, TimeSpan Timeout, int Failures, TimeSpan Pause)
{
    /// <summary>Nobody asks; a failed connection counts.</summary>
    public static HealthRule Default { get; } = new(null, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(2), 2, TimeSpan.FromSeconds(5));
}

/// <summary>When a service is left alone: a share of failures (answers of 5xx, failed connections, timeouts) among enough requests in a window.</summary>
/// <param name="Failures">The percentage of failures that opens the breaker. Default 50; 1 to 100.</param>
/// <param name="Minimum">How many requests the window must hold before the share means anything. Default 20; 1 to 100,000.</param>
/// <param name="Window">How far back is counted. Default 10 s; 1 s to 1 h.</param>
/// <param name="Pause">How long it stays open before probes are let through. Default 5 s; 0.1 s to 1 h.</param>
/// <param name="Probes">How many requests are let through then; all must succeed to close it. Default 3; 1 to 100.</param>
public sealed record BreakerRule(int Failures, int Minimum, TimeSpan Window, TimeSpan Pause, int Probes)
{
    /// <summary>What holds for a service whose entry says nothing.</summary>
    public static BreakerRule Default { get; } = new(50, 20, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(5), 3);
}

/// <summary>That legacy answers when the service fails: requests with GET, HEAD or OPTIONS, and no others.</summary>
/// <param name="After">How long the service may take to begin its answer. Default 3 s; 0.05 s to 1 min.</param>
public sealed record FallbackRule(TimeSpan After);
