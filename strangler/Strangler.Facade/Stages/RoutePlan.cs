using Yarp.ReverseProxy.Forwarder;

namespace Strangler.Facade;

/// <summary>All that answering a request of one route needs, made once when its table goes live.</summary>
internal sealed class RoutePlan(OwnedRoute route, StageStrategy strategy, OwnerPlan legacy, OwnerPlan? service, RouteMeasure? measure = null)
{
    public OwnedRoute Route => route;

    public StageStrategy Strategy => strategy;

    /// <summary>How its exchanges go: HTTP/1.1, and how long they may stand still.</summary>
    public required ForwarderRequestConfig Exchange { get; init; }

    /// <summary>What it was asked lately.</summary>
    public required RouteTraffic Traffic { get; init; }

    /// <summary>Legacy, which every route can be answered by.</summary>
    public OwnerPlan Legacy => legacy;

    /// <summary>The service the route moves to; null when it names none.</summary>
    public OwnerPlan? Service => service;

    /// <summary>Where both sides of a canary are measured; null in other stages.</summary>
    public RouteMeasure? Measure => measure;
}
