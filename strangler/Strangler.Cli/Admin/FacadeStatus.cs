using Strangler.Facade;

namespace Strangler.Cli.Admin;

/// <summary>What the facade says is in force.</summary>
internal sealed record FacadeStatus(
    long Revision, string Hash, string File, DateTimeOffset LiveSince, IReadOnlyList<RouteStatus> Routes, RefusedFile? Refused, IReadOnlyList<ServiceStatus>? Services = null, int RouteCount = 0, OpenStatus? Open = null,
    string? HistoryProblem = null)
{
    /// <summary>The stage in which a route is live, as its word; null when no live route has that id.</summary>
    public string? StageOf(string route) => Of(route)?.Stage;

    /// <summary>Whether a route is live in that stage and, where it has one, at that share.</summary>
    public bool Has(string route, StageSetting setting) => StageOf(route) == setting.Stage.Word() && (setting.Share is not { } share || Of(route)!.Share == share.Percent);

    private RouteStatus? Of(string route) => Routes.FirstOrDefault(live => string.Equals(live.Id, route, StringComparison.OrdinalIgnoreCase));
}

/// <summary>One live route.</summary>
internal sealed record RouteStatus(
    string Id, string Path, IReadOnlyList<string> Methods, IReadOnlyList<string> Hosts, string? Service, string Stage, decimal? Share, string Owner, string Identity,
    IReadOnlyList<string>? Conditions = null, string? Fallback = null, ChangeStatus? Changed = null, RequestStatus? LastMinute = null, ShadowStatus? Shadow = null, string? Gates = null, StepStatus? Steps = null);

/// <summary>The last change of a route's stage.</summary>
internal sealed record ChangeStatus(long Revision, DateTimeOffset At, string Who, string Why, string? Before);

/// <summary>Its requests of about the last minute, by who answered.</summary>
internal sealed record RequestStatus(int Legacy, int LegacyFailed, int Service, int ServiceFailed);

/// <summary>What stage shadow has compared.</summary>
internal sealed record ShadowStatus(DateTimeOffset Since, long Compared, long Different);

/// <summary>Where it stands in its step plan.</summary>
internal sealed record StepStatus(decimal? Share, decimal? Next, DateTimeOffset? NextAt);

/// <summary>WebSockets and streams of events.</summary>
internal sealed record OpenStatus(int Count, int Draining, DateTimeOffset? DrainedBy);

/// <summary>One service that routes move to.</summary>
internal sealed record ServiceStatus(string Name, string LoadBalancing, IReadOnlyList<DestinationStatus> Destinations, BreakerStatus? Breaker);

/// <summary>One place where it listens.</summary>
internal sealed record DestinationStatus(string Address, bool Healthy, int InFlight);

/// <summary>Its breaker: when probes are let through next, and what its window counted.</summary>
internal sealed record BreakerStatus(string State, DateTimeOffset? Until, int Requests, int Failures);

/// <summary>The file as it stands, when the facade did not take it.</summary>
internal sealed record RefusedFile(string Hash, DateTimeOffset At, IReadOnlyList<RouteError> Errors);
