using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Strangler.Facade;

/// <summary>What came of a request. Every request has exactly one outcome.</summary>
internal enum Outcome
{
    /// <summary>The owner answered.</summary>
    Answered,

    /// <summary>Legacy does not know the user and sent its own challenge.</summary>
    Challenged,

    /// <summary>Legacy could not be asked who the user is.</summary>
    IdentityUnavailable,

    /// <summary>The owner could not be reached, or broke off.</summary>
    Unreachable,

    /// <summary>The owner stood still for too long.</summary>
    TimedOut,

    /// <summary>The owner answered 5xx, which the user did not see.</summary>
    Failed,

    /// <summary>The owner was not asked: its breaker is open, or none of its destinations is healthy.</summary>
    Unavailable,

    /// <summary>The client left, or sent a body that does not hold what its head promised.</summary>
    ClientGone,

    /// <summary>The facade refused it: a target that cannot be forwarded or must not be.</summary>
    Refused,
}

/// <summary>Counts requests by route, stage, owner and outcome (meter <c>Strangler.Facade</c>).</summary>
internal sealed class FacadeMetrics(IMeterFactory meters)
{
    public const string MeterName = "Strangler.Facade";

    private static readonly string[] Words = ["answered", "challenged", "identity_unavailable", "unreachable", "timed_out", "failed", "unavailable", "client_gone", "refused"];
    private readonly Counter<long> _requests = meters.Create(MeterName).CreateCounter<long>("strangler.facade.requests", "{request}", "Requests by route, stage, owner and outcome.");

    private readonly Counter<long> _shadows = meters.Create(MeterName).CreateCounter<long>("strangler.facade.shadow", "{request}", "Requests in stage shadow by route, outcome and reason.");

    /// <summary>Counts what came of shadowing one request; every request in stage shadow ends as one.</summary>
    public void CountShadow(string route, string outcome, string reason)
    {
        if (_shadows.Enabled) _shadows.Add(1, new TagList { { "route", route }, { "outcome", outcome }, { "reason", reason } });
    }

    private readonly Counter<long> _fallbacks = meters.Create(MeterName).CreateCounter<long>("strangler.facade.fallbacks", "{request}", "Requests that legacy answered because the service did not, by route, service and the service's outcome.");

    /// <summary>Counts a request that legacy answers in place of a service; the request itself is counted when it is answered.</summary>
    public void CountFallback(OwnedRoute route, Outcome outcome) =>
        _fallbacks.Add(1, new TagList { { "route", route.Id }, { "service", route.Service!.Name }, { "outcome", Words[(int)outcome] } });

    public void Count(OwnedRoute route, Owner owner, Outcome outcome)
    {
        if (!_requests.Enabled) return;
        _requests.Add(1, new TagList
        {
            { "route", route.Id },
            { "stage", route.Stage.Word() },
            { "owner", owner.Name },
            { "outcome", Words[(int)outcome] },
        });
    }
}
