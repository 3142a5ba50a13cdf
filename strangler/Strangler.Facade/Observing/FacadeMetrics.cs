using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Http;

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

/// <summary>Counts requests by route, stage, owner and outcome, and how long they take (meter <c>Strangler.Facade</c>).</summary>
internal sealed class FacadeMetrics(IMeterFactory meters)
{
    /// <summary>The name of the meter and of the source of traces.</summary>
    public const string MeterName = "Strangler.Facade";

    public static readonly ActivitySource Traces = new(MeterName);

    private static readonly string[] Words = ["answered", "challenged", "identity_unavailable", "unreachable", "timed_out", "failed", "unavailable", "client_gone", "refused"];
    private readonly Counter<long> requests = meters.Create(MeterName).CreateCounter<long>("strangler.facade.requests", "{request}", "Requests by route, stage, owner and outcome.");

    private readonly Histogram<double> durations = meters.Create(MeterName).CreateHistogram(
        "strangler.facade.request.duration", "s", "Time from a request's head to the end of its answer, by route, stage, owner and outcome.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] });

    private readonly Counter<long> lostLines = meters.Create(MeterName).CreateCounter<long>("strangler.facade.access_log.lost", "{line}", "Lines of the access log that came faster than they could be written, by route.");

    private readonly Counter<long> shadows = meters.Create(MeterName).CreateCounter<long>("strangler.facade.shadow", "{request}", "Requests in stage shadow by route, outcome and reason.");

    /// <summary>Counts what came of shadowing one request; every request in stage shadow ends as one.</summary>
    public void CountShadow(string route, string outcome, string reason)
    {
        if (shadows.Enabled) shadows.Add(1, new TagList { { "route", route }, { "outcome", outcome }, { "reason", reason } });
    }

    private readonly Counter<long> fallbacks = meters.Create(MeterName).CreateCounter<long>("strangler.facade.fallbacks", "{request}", "Requests that legacy answered because the service did not, by route, service and the service's outcome.");

    /// <summary>Counts a request that legacy answers in place of a service; the request itself is counted when it is answered.</summary>
    public void CountFallback(OwnedRoute route, Outcome outcome) =>
        fallbacks.Add(1, new TagList { { "route", route.Id }, { "service", route.Service!.Name }, { "outcome", Words[(int)outcome] } });

    /// <summary>The word of an outcome, as metrics, traces and the access log have it.</summary>
    public static string Word(Outcome outcome) => Words[(int)outcome];

    /// <summary>Whether anybody wants to know more about requests of a route than their number.</summary>
    public bool Looks(OwnedRoute route) => route.AccessLog || durations.Enabled || Traces.HasListeners();

    /// <summary>Counts what came of a request; once for each.</summary>
    public void Count(HttpContext context, RoutePlan plan, Owner owner, Outcome outcome)
    {
        plan.Traffic.Add(owner.Name == Owner.LegacyName, RouteTraffic.IsFailure(outcome, context.Response.StatusCode));
        if (requests.Enabled) requests.Add(1, Tags(plan.Route, owner, outcome));
        if (Looks(plan.Route)) context.Features.Get<RequestRecord>()?.Set(owner, outcome);
    }

    public void Measure(OwnedRoute route, Owner owner, Outcome outcome, TimeSpan duration)
    {
        if (durations.Enabled) durations.Record(duration.TotalSeconds, Tags(route, owner, outcome));
    }

    public void CountLostLine(OwnedRoute route) => lostLines.Add(1, new KeyValuePair<string, object?>("route", route.Id));

    private static TagList Tags(OwnedRoute route, Owner owner, Outcome outcome) => new()
    {
        { "route", route.Id },
        { "stage", route.Stage.Word() },
        { "owner", owner.Name },
        { "outcome", Word(outcome) },
    };
}
