namespace Strangler.Facade;

/// <summary>What the gates of a route say, as GET /gates answers.</summary>
/// <param name="Route">The route's id.</param>
/// <param name="Stage">Its stage.</param>
/// <param name="Share">Its share in stage canary.</param>
/// <param name="Since">Since when it has been measured like this; null when nothing is measured.</param>
/// <param name="Verdict"><c>pass</c>, <c>fail</c> or <c>inconclusive</c>.</param>
/// <param name="Decides">Whether a promotion needs a pass: the file has gates for this route, and not for show.</param>
/// <param name="Gates">The gates of this stage; none in stages legacy and service, where nothing is left to compare.</param>
internal sealed record GateReport(string Route, string Stage, decimal? Share, DateTimeOffset? Since, string Verdict, bool Decides, IReadOnlyList<GateReport.Gate> Gates)
{
    public sealed record Gate(string Name, string Verdict, decimal Service, decimal? Legacy, decimal Limit, string Text);

    /// <summary>Judges a route by what was measured until now.</summary>
    public static GateReport Of(RoutePlan plan, ShadowLedger shadows)
    {
        var (route, rule) = (plan.Route, plan.Route.Gates ?? GateRule.Default);
        IReadOnlyList<GateResult> gates = [];
        DateTimeOffset? since = null;
        if (plan.Measure is { } measure) (gates, since) = (GateJudge.Canary(rule, measure.Service.Read(), measure.Legacy.Read()), measure.Since);
        else if (route.Stage == Facade.Stage.Shadow && shadows.Of(route.Id) is { } shadow)
        {
            var counts = shadow.Tally.Read();
            (gates, since) = (GateJudge.Shadow(rule, counts.Compared, counts.Different), shadow.Since);
        }

        return new GateReport(
            route.Id, route.Stage.Word(), route.Share, since, Word(GateJudge.Overall(gates)), route.Gates is { DryRun: false },
            [.. gates.Select(gate => new Gate(gate.Name, Word(gate.Verdict), gate.Service, gate.Legacy, gate.Limit, gate.Text))]);
    }

    /// <summary>The verdict as a value.</summary>
    public static GateVerdict VerdictOf(GateReport report) => Enum.Parse<GateVerdict>(report.Verdict, ignoreCase: true);

    private static string Word(GateVerdict verdict) => verdict.ToString().ToLowerInvariant();
}
