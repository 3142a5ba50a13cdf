using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Strangler.Facade;

/// <summary>
/// Moves routes by their gates: raises the share of a step plan when they pass and the step has had its time, and takes a route in stage canary or service back when
/// they fail. It changes the file as the tool does, so each step has its revision and its line of history, and anyone can change it back.
/// </summary>
internal sealed partial class StepRunner(
    FacadeOptions options, LiveOwnership ownership, History history, GateReports reports, Announcements announcements, TimeProvider clock, ILogger<StepRunner> log) : BackgroundService
{
    public const string Who = "gates";
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);
    private readonly Dictionary<string, string> said = new(StringComparer.OrdinalIgnoreCase);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Tick, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) Look();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The facade stops; the plan goes on after its next start.
        }
    }

    private void Look()
    {
        var live = ownership.Current;
        foreach (var plan in live.Judged)
        {
            var report = reports.Of(plan);
            var verdict = report.VerdictOf();
            if (verdict != GateVerdict.Fail) said.Remove(plan.Route.Id);
            var next = StepPlan.Next(plan.Route, verdict, clock.GetUtcNow() - plan.Measure!.Since, history.LastOf(plan.Route.Id));
            if (verdict == GateVerdict.Fail && WhyStay(plan.Route, next) is { } why) Say(plan.Route.Id, $"Route '{plan.Route.Id}': the gates fail, and it stays, because {why}.", report.Summary());
            // What was taken is live in a moment; the others have their turn then.
            else if (next is { } to && plan.Route.Gates is not { DryRun: true } && Take(live, plan.Route, to, report)) return;
        }
    }

    /// <summary>Why a route does not go back although its gates fail; null when it does.</summary>
    private static string? WhyStay(OwnedRoute route, StageSetting? next) =>
        next is null ? "its entry says 'pause'"
        : route.Gates is { DryRun: true } ? "its gates are for show ('dryRun')"
        : route is { Stage: Stage.Service, WritesMoved: true } ? "its writes have moved, so legacy does not know what the service wrote"
        : null;

    /// <returns>Whether the file was changed.</returns>
    private bool Take(LiveTable live, OwnedRoute route, StageSetting next, GateReport report)
    {
        var (from, to) = (route.Setting.ToString(), next.ToString());
        try
        {
            var file = new FileInfo(options.Routes).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? Path.GetFullPath(options.Routes);
            using var held = RoutesFileLock.TryAcquire(file);
            if (held is null) return false;
            var before = File.ReadAllBytes(file);
            // Somebody has changed it, or is about to: the route is looked at again when that is live.
            if (RoutesFile.Parse(before).Hash != live.Table.Hash) return false;
            var edit = StageEdit.SetStage(before, route.Id, next.Stage, next.Share);
            if (edit.File is null || RoutesFile.Parse(edit.File) is not { Table: { } table })
            {
                Say(route.Id, $"Route '{route.Id}' cannot go from {from} to {to}: the file would be refused.");
                return false;
            }

            announcements.Add(new Announcement(table.Hash, Who, report.Summary()));
            if (!RoutesFileReplacement.TryReplace(file, before, edit.File)) return false;
            said.Remove(route.Id);
            if (report.VerdictOf() == GateVerdict.Fail) LogBack(route.Id, from, to, report.Summary());
            else LogOn(route.Id, from, to);
            return true;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            Say(route.Id, $"Route '{route.Id}' cannot go from {from} to {to}: {cause.Message}");
            return false;
        }
    }

    /// <summary>Once for each problem of a route, not four times a second.</summary>
    private void Say(string route, string problem, string measured = "")
    {
        if (said.GetValueOrDefault(route) == problem) return;
        said[route] = problem;
        LogProblem(problem, measured);
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "Route {Route}: the gates pass, {From} -> {To}")]
    private partial void LogOn(string route, string from, string to);

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "Route {Route}: the gates fail, {From} -> {To}. {Summary}")]
    private partial void LogBack(string route, string from, string to, string summary);

    [LoggerMessage(EventId = 3, Level = LogLevel.Error, Message = "{Problem} {Measured}")]
    private partial void LogProblem(string problem, string measured);
}
