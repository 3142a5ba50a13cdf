namespace Strangler.Facade;

/// <summary>What the gates of a route say, as GET /gates answers.</summary>
/// <param name="Route">The route's id.</param>
/// <param name="Stage">Its stage.</param>
/// <param name="Share">Its share in stage canary.</param>
/// <param name="Since">Since when what is judged was counted; null when nothing is measured.</param>
/// <param name="Verdict"><c>pass</c>, <c>fail</c> or <c>inconclusive</c>.</param>
/// <param name="Decides">Whether a promotion needs a pass, and a failure has consequences: the file has gates for this route, and not for show.</param>
/// <param name="Gates">The gates of this stage; none in stage legacy, and none in stage service without gates in the file.</param>
internal sealed record GateReport(string Route, string Stage, decimal? Share, DateTimeOffset? Since, string Verdict, bool Decides, IReadOnlyList<GateReport.Gate> Gates)
{
    public sealed record Gate(string Name, string Verdict, decimal? Service, decimal? Legacy, decimal Limit, string Text);

    /// <summary>The verdict and what it rests on, in one line.</summary>
    public string Summary() => $"{Verdict}: {string.Join("; ", Gates.Select(gate => $"{gate.Name} {gate.Verdict} ({gate.Text})"))}";

    /// <summary>The verdict as a value.</summary>
    public GateVerdict VerdictOf() => Enum.Parse<GateVerdict>(Verdict, ignoreCase: true);

    public static GateReport Of(OwnedRoute route, DateTimeOffset? since, IReadOnlyList<GateResult> gates) => new(
        route.Id, route.Stage.Word(), route.Share, since, Word(GateJudge.Overall(gates)), route.Gates is { DryRun: false },
        [.. gates.Select(gate => new Gate(gate.Name, Word(gate.Verdict), gate.Service, gate.Legacy, gate.Limit, gate.Text))]);

    private static string Word(GateVerdict verdict) => verdict.ToString().ToLowerInvariant();
}
