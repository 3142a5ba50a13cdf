namespace Strangler.Cli.Admin;

/// <summary>What the gates of a route say: whether it may move on.</summary>
internal sealed record GateReport(string Route, string Stage, decimal? Share, DateTimeOffset? Since, string Verdict, bool Decides, IReadOnlyList<Gate> Gates)
{
    public bool Passes => Verdict == "pass";

    /// <summary>The verdict and what it rests on, in one line.</summary>
    public string Summary => Gates.Count == 0 ? $"{Verdict}: nothing is measured in stage {Stage}" : $"{Verdict}: {string.Join("; ", Gates.Select(gate => $"{gate.Name} {gate.Verdict} ({gate.Text})"))}";
}

/// <summary>One gate.</summary>
internal sealed record Gate(string Name, string Verdict, decimal? Service, decimal? Legacy, decimal Limit, string Text);
