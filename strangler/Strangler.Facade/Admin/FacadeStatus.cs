namespace Strangler.Facade;

/// <summary>What is in force and how it goes, as GET /status says it.</summary>
/// <param name="Revision">The revision of the live table.</param>
/// <param name="Hash">Hash of the file that it came from.</param>
/// <param name="File">Path of the file.</param>
/// <param name="LiveSince">Since when the table has been live.</param>
/// <param name="RouteCount">How many routes it has, of which <paramref name="Routes"/> are those that were asked for.</param>
/// <param name="Routes">The routes.</param>
/// <param name="Services">The services that routes move to.</param>
/// <param name="Open">WebSockets and streams of events.</param>
/// <param name="Refused">Why the file as it stands was not taken; null when it was.</param>
/// <param name="HistoryProblem">What is wrong with the history; null when nothing is.</param>
internal sealed record FacadeStatus(
    long Revision, string Hash, string File, DateTimeOffset LiveSince, int RouteCount, IReadOnlyList<FacadeStatus.Route> Routes, IReadOnlyList<FacadeStatus.Service> Services,
    FacadeStatus.OpenCounts Open, RefusedFile? Refused, string? HistoryProblem)
{
    public sealed record Route(
        string Id, string Path, IReadOnlyList<string> Methods, IReadOnlyList<string> Hosts, IReadOnlyList<string> Conditions, string? Service, string Stage, decimal? Share, string Owner, string Destination, string Identity,
        string? Fallback, bool AccessLog, Change? Changed, Requests LastMinute, ShadowNumbers? Shadow, string? Gates, StepState? Steps);

    /// <summary>The last change of a route's stage.</summary>
    public sealed record Change(long Revision, DateTimeOffset At, string Who, string Why, string? Before);

    /// <summary>Requests of about the last minute by who answered; failed are 5xx and no answer.</summary>
    public sealed record Requests(int Legacy, int LegacyFailed, int Service, int ServiceFailed);

    public sealed record ShadowNumbers(DateTimeOffset Since, long Compared, long Different);

    /// <summary>Where a route stands in its step plan: the share it has, the one that comes next (null for none), and when that may be at the earliest.</summary>
    public sealed record StepState(decimal? Share, decimal? Next, DateTimeOffset? NextAt);

    public sealed record Service(string Name, string LoadBalancing, IReadOnlyList<Destination> Destinations, Breaker? Breaker);

    public sealed record Destination(string Address, bool Healthy, int InFlight);

    public sealed record Breaker(string State, DateTimeOffset? Until, int Requests, int Failures);

    /// <summary>How many are open, how many of them drain because their route has left their owner, and until when the last of these may stay.</summary>
    public sealed record OpenCounts(int Count, int Draining, DateTimeOffset? DrainedBy);
}
