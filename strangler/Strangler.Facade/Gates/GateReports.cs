namespace Strangler.Facade;

/// <summary>Judges routes by what is known of them now.</summary>
internal sealed class GateReports(ShadowLedger shadows, Signals signals, TimeProvider clock)
{
    public GateReport Of(RoutePlan plan)
    {
        var (route, rule) = (plan.Route, plan.Route.Gates ?? GateRule.Default);
        List<GateResult> gates = [];
        DateTimeOffset? since = null;
        if (plan.Measure is { } measure)
        {
            gates.AddRange(GateJudge.Sides(rule, measure.Read()));
            since = measure.CountedSince;
        }
        else if (route.Stage == Stage.Shadow && shadows.Of(route.Id) is { } shadow)
        {
            var counts = shadow.Tally.Read();
            gates.Add(GateJudge.Shadow(rule, counts.Compared, counts.Different));
            since = shadow.Since;
        }

        // Alone they would say nothing about the service.
        if (gates.Count > 0) gates.AddRange(rule.Signals.Select(signal => GateJudge.Signal(signal, signals.Of(signal), clock.GetUtcNow())));
        return GateReport.Of(route, since, gates);
    }
}
