namespace Strangler.Facade;

/// <summary>Where a route goes by itself. Pure.</summary>
internal static class StepPlan
{
    /// <param name="route">A route that a service answers, in stage canary or service.</param>
    /// <param name="verdict">What its gates say.</param>
    /// <param name="sinceStep">How long it has been where it is.</param>
    /// <param name="last">The route's last line in the history; null when there is none.</param>
    /// <returns>Where to go now; null to stay: nothing is known, it is too early, there is no further step, or people decide.</returns>
    public static StageSetting? Next(OwnedRoute route, GateVerdict verdict, TimeSpan sinceStep, HistoryEntry? last)
    {
        // Back is never too early.
        if (verdict == GateVerdict.Fail) return Back(route, last);
        if (verdict != GateVerdict.Pass || route is not { Stage: Stage.Canary, Canary: { } rule } || sinceStep < rule.Every) return null;
        // What it came back from is not tried again until somebody says so.
        if (last is { Who: StepRunner.Who } && IsBack(last)) return null;
        foreach (var step in rule.Steps)
        {
            if (step > rule.Share) return new StageSetting(Stage.Canary, step);
        }

        return null;
    }

    private static StageSetting? Back(OwnedRoute route, HistoryEntry? last) => (route.Gates ?? GateRule.Default).OnFailure switch
    {
        GateFailure.Pause => null,
        GateFailure.Legacy => new StageSetting(Stage.Legacy, null),
        _ when route.Stage == Stage.Canary => StepBefore(route.Canary!),
        _ => last?.Before is { } before && StageSetting.TryParse(before, out var setting) && setting is { Stage: Stage.Canary, Share: not null } or { Stage: Stage.Shadow } ? setting : new StageSetting(Stage.Legacy, null),
    };

    private static StageSetting StepBefore(CanaryRule rule)
    {
        Share? before = null;
        foreach (var step in rule.Steps)
        {
            if (step < rule.Share && step > Share.None) before = step;
        }

        return before is null ? new StageSetting(Stage.Legacy, null) : new StageSetting(Stage.Canary, before);
    }

    private static bool IsBack(HistoryEntry entry) =>
        StageSetting.TryParse(entry.Before ?? "", out var before) && StageSetting.TryParse(entry.After ?? "", out var after)
        && (after.Stage < before.Stage || (after.Stage == before.Stage && after.Share < before.Share));
}
