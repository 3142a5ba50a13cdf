namespace Strangler.Facade;

/// <summary>What a step plan does next. Pure.</summary>
internal static class StepPlan
{
    /// <param name="rule">The canary's rule, with its steps.</param>
    /// <param name="verdict">What the gates say.</param>
    /// <param name="sinceStep">How long the share has been what it is.</param>
    /// <returns>Where to go now; null to stay: nothing is known, it is too early, or there is no further step.</returns>
    public static StageSetting? Next(CanaryRule rule, GateVerdict verdict, TimeSpan sinceStep)
    {
        // Back is never too early.
        if (verdict == GateVerdict.Fail) return new StageSetting(Stage.Legacy, null);
        if (verdict != GateVerdict.Pass || sinceStep < rule.Every) return null;
        foreach (var step in rule.Steps)
        {
            if (step > rule.Share) return new StageSetting(Stage.Canary, step);
        }

        return null;
    }
}
