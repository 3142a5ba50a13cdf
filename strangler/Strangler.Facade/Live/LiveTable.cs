namespace Strangler.Facade;

/// <summary>The table that is in force, ready to answer requests. Immutable; a request keeps the one it began with.</summary>
internal sealed class LiveTable(long revision, DateTimeOffset since, OwnershipTable table, RoutePlan[] plans)
{
    public long Revision => revision;

    public DateTimeOffset Since => since;

    public OwnershipTable Table => table;

    /// <summary>The services that its routes move to, each once.</summary>
    public IReadOnlyList<OwnerPlan> Services { get; } = [.. plans.Select(plan => plan.Service).OfType<OwnerPlan>().Distinct()];

    /// <summary>The routes that go through the steps of a plan.</summary>
    public IReadOnlyList<RoutePlan> Stepping { get; } = [.. plans.Where(plan => plan.Route is { Stage: Stage.Canary, Canary: { Share: not null, Steps.Count: > 0 } })];

    public RoutePlan PlanOf(OwnedRoute route) => plans[route.Index];
}

/// <summary>A file that was not taken, because it is wrong.</summary>
internal sealed record RefusedFile(string Hash, DateTimeOffset At, IReadOnlyList<RouteError> Errors);
