namespace Strangler.Facade;

/// <summary>The table that is in force, ready to answer requests. Immutable; a request keeps the one it began with.</summary>
internal sealed class LiveTable(long revision, DateTimeOffset since, OwnershipTable table, RoutePlan[] plans)
{
    public long Revision => revision;

    public DateTimeOffset Since => since;

    public OwnershipTable Table => table;

    /// <summary>The services that its routes move to, each once.</summary>
    public IReadOnlyList<OwnerPlan> Services { get; } = [.. plans.Select(plan => plan.Service).OfType<OwnerPlan>().Distinct()];

    /// <summary>The routes that go on or back by themselves: by the steps of a plan, or by gates. Who follows another goes where that goes.</summary>
    public IReadOnlyList<RoutePlan> Judged { get; } =
        [.. plans.Where(plan => plan.Measure is not null && plan.Route is { Stage: Stage.Service } or { Canary.Share: not null, Gates: not null } or { Canary: { Share: not null, Steps.Count: > 0 } })];

    /// <summary>The numbers to ask others for, each once.</summary>
    public IReadOnlySet<GateSignal> Signals { get; } = plans.Where(plan => plan.Route.Stage != Stage.Legacy).SelectMany(plan => plan.Route.Gates?.Signals ?? []).ToHashSet();

    public RoutePlan PlanOf(OwnedRoute route) => plans[route.Index];
}

/// <summary>A file that was not taken, because it is wrong.</summary>
internal sealed record RefusedFile(string Hash, DateTimeOffset At, IReadOnlyList<RouteError> Errors);
