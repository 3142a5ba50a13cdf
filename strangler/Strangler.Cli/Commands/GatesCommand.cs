using System.CommandLine;
using Strangler.Cli.Admin;
using Strangler.Cli.Terminal;

namespace Strangler.Cli.Commands;

internal sealed class GatesCommand : ToolCommand
{
    private readonly Argument<string> route = new("ROUTE") { Description = "The route's id." };
    private readonly AdminOptions admin = new();

    public GatesCommand()
        : base("gates", "Whether a route may move on: its service against legacy over the same time. Changes nothing; exit code 0 for pass, 1 for fail and inconclusive.")
    {
        Add(route);
        admin.AddTo(this);
    }

    protected override async Task<ExitCode> RunAsync(ParseResult given, Screen screen, CancellationToken cancellation)
    {
        using var client = admin.Open(given);
        var (raw, report) = await client.GatesAsync(given.GetRequiredValue(route), cancellation);
        screen.Json(raw);
        if (!screen.IsJson) Show(screen, report);
        return report.Passes ? ExitCode.Done : ExitCode.Failed;
    }

    private static void Show(Screen screen, GateReport report)
    {
        var since = report.Since is { } at ? $", measured since {RouteRows.Time(at)}" : "";
        screen.Line($"Route {report.Route}, stage {RouteRows.Stage(report.Stage, report.Share)}{since}: {report.Verdict}{(report.Decides ? "" : " (decides nothing: the file has no gates for it, or for show)")}.");
        if (report.Gates.Count == 0) screen.Line($"  Nothing is measured in stage {report.Stage}.");
        else screen.Table(["GATE", "VERDICT", "MEASURED"], report.Gates.Select(gate => (IReadOnlyList<string>)[gate.Name, gate.Verdict, gate.Text]));
    }
}
