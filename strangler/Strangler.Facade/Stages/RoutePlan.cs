using Yarp.ReverseProxy.Forwarder;

namespace Strangler.Facade;

/// <summary>All that answering a request of one route needs, made once when its table goes live.</summary>
internal sealed class RoutePlan(OwnedRoute route, StageStrategy strategy, OwnerPlan legacy, OwnerPlan? service, RouteMeasure? measure = null)
{
    private ForwarderRequestConfig? otherVersion;

    public OwnedRoute Route => route;

    public StageStrategy Strategy => strategy;

    /// <summary>How its exchanges go: HTTP/1.1, and how long they may stand still.</summary>
    public required ForwarderRequestConfig Exchange { get; init; }

    /// <summary>What it was asked lately.</summary>
    public required RouteTraffic Traffic { get; init; }

    /// <summary>How its exchanges with one owner go, by the owner's version of HTTP.</summary>
    public ForwarderRequestConfig ExchangeWith(OwnerPlan owner) =>
        owner.Owner.HttpVersion == Exchange.Version ? Exchange : otherVersion ??= Exchange with { Version = owner.Owner.HttpVersion };

    /// <summary>Legacy, which every route can be answered by.</summary>
    public OwnerPlan Legacy => legacy;

    /// <summary>The service the route moves to; null when it names none.</summary>
    public OwnerPlan? Service => service;

    /// <summary>Where both sides of a canary are measured; null in other stages.</summary>
    public RouteMeasure? Measure => measure;
}
