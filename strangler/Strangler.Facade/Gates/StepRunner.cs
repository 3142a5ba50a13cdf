using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Strangler.Facade;

/// <summary>
/// Carries out the step plans of the file: raises a share when the gates pass and the step has had its time, gives everybody back to legacy when they fail, and
/// waits otherwise. It changes the file as the tool does, so each step has its revision and its line of history, and anyone can change it back.
/// </summary>
internal sealed partial class StepRunner(
    FacadeOptions options, LiveOwnership ownership, ShadowLedger shadows, Announcements announcements, TimeProvider clock, ILogger<StepRunner> log) : BackgroundService
{
    public const string Who = "gates";
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);
    private string? _problem;

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
        foreach (var plan in live.Stepping)
        {
            var report = GateReport.Of(plan, shadows);
            if (StepPlan.Next(plan.Route.Canary!, GateReport.VerdictOf(report), clock.GetUtcNow() - plan.Measure!.Since) is not { } next) continue;
            if (plan.Route.Gates is { DryRun: true }) continue;
            Take(live, plan.Route, next, report);
            // What was taken is live in a moment; the others have their turn then.
            return;
        }
    }

    private void Take(LiveTable live, OwnedRoute route, StageSetting next, GateReport report)
    {
        var (from, to) = (route.Setting.ToString(), next.ToString());
        try
        {
            var file = new FileInfo(options.Routes).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? Path.GetFullPath(options.Routes);
            using var held = RoutesFileLock.TryAcquire(file);
            if (held is null) return;
            var before = File.ReadAllBytes(file);
            // Somebody has changed it, or is about to: the plan is looked at again when that is live.
            if (RoutesFile.Parse(before).Hash != live.Table.Hash) return;
            var edit = StageEdit.SetStage(before, route.Id, next.Stage, next.Share);
            if (edit.File is null || RoutesFile.Parse(edit.File) is not { Table: { } table })
            {
                Report($"Route '{route.Id}' cannot go from {from} to {to}: the file would be refused.");
                return;
            }

            announcements.Add(new Announcement(table.Hash, Who, $"{report.Verdict}: {string.Join("; ", report.Gates.Select(gate => $"{gate.Name} {gate.Verdict} ({gate.Text})"))}"));
            if (!RoutesFileReplacement.TryReplace(file, before, edit.File)) return;
            _problem = null;
            if (next.Stage == Stage.Legacy) LogBack(route.Id, from, to);
            else LogOn(route.Id, from, to);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            Report($"Route '{route.Id}' cannot go from {from} to {to}: {cause.Message}");
        }
    }

    /// <summary>Once for each problem, not four times a second.</summary>
    private void Report(string problem)
    {
        if (_problem == problem) return;
        _problem = problem;
        LogProblem(problem);
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "Route {Route}: the gates pass, {From} -> {To}")]
    private partial void LogOn(string route, string from, string to);

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "Route {Route}: the gates fail, {From} -> {To}")]
    private partial void LogBack(string route, string from, string to);

    [LoggerMessage(EventId = 3, Level = LogLevel.Error, Message = "{Problem}")]
    private partial void LogProblem(string problem);
}
