using System.CommandLine;
using System.Globalization;
using Strangler.Cli.Admin;
using Strangler.Cli.Terminal;
using Strangler.Facade;

namespace Strangler.Cli.Commands;

internal sealed class StatusCommand : ToolCommand
{
    /// <summary>With more routes than these, those in stage legacy are not listed unless somebody asks.</summary>
    private const int Most = 50;

    private readonly Argument<string[]> routes = new("ROUTE") { Description = "Only these routes.", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<Stage?> stage = ToolOptions.OnlyStage();
    private readonly AdminOptions admin = new();

    public StatusCommand()
        : base("status", "What is live and how it goes: revision, file, who answers every route, requests and failures of the last minute, services.")
    {
        Add(routes);
        Add(stage);
        admin.AddTo(this);
    }

    protected override async Task<ExitCode> RunAsync(ParseResult given, Screen screen, CancellationToken cancellation)
    {
        using var client = admin.Open(given);
        var (routes, stage) = (given.GetValue(this.routes) ?? [], given.GetValue(this.stage));
        var (raw, status) = await client.RawStatusAsync(routes, stage?.Word(), cancellation);
        if (routes.FirstOrDefault(route => status.StageOf(route) is null && stage is null) is { } unknown) throw new CommandFailedException(ExitCode.Failed, $"No live route is called '{unknown}'. See `strangler status`.");
        screen.Json(raw);
        if (!screen.IsJson) Show(screen, status, asked: routes.Length > 0 || stage is not null);
        return ExitCode.Done;
    }

    private static void Show(Screen screen, FacadeStatus status, bool asked)
    {
        screen.Line($"Revision {status.Revision}, live since {RouteRows.Time(status.LiveSince)}, from {status.File}");
        screen.Line($"Hash {status.Hash}");
        if (status.Open is { Count: > 0 } open) screen.Line($"{open.Count} WebSockets or streams of events are open{(open.Draining > 0 ? $"; {open.Draining} of them drain, until {RouteRows.Time(open.DrainedBy!.Value)} at the latest" : "")}.");
        if (status.HistoryProblem is { } problem) screen.Line($"Warning: {problem}");
        ShowRefusal(screen, status);
        var routes = !asked && status.Routes.Count > Most ? [.. status.Routes.Where(route => route.Stage != Stage.Legacy.Word())] : status.Routes;
        screen.Line();
        screen.Table(
            ["ROUTE", "STAGE", "OWNER", "LEGACY", "SERVICE", "TAKES"],
            routes.Select(route => (IReadOnlyList<string>)
            [
                route.Id, RouteRows.Stage(route.Stage, route.Share), RouteRows.Owner(route),
                Requests(route.LastMinute?.Legacy, route.LastMinute?.LegacyFailed), Requests(route.LastMinute?.Service, route.LastMinute?.ServiceFailed),
                // The longest stands last, where a narrow terminal breaks it without breaking the columns.
                RouteRows.Takes(route),
            ]));
        if (routes.Count < status.Routes.Count) screen.Line($"{status.Routes.Count - routes.Count} routes in stage legacy are not listed: strangler status ROUTE, or --stage legacy.");
        screen.Line("LEGACY and SERVICE: requests of the last minute by who answered, and how many of them failed.");
        foreach (var route in routes) ShowMore(screen, route);
        ShowServices(screen, [.. (status.Services ?? []).Where(service => !asked || routes.Any(route => route.Service == service.Name))]);
    }

    /// <summary>What does not fit a column, of routes that have moved.</summary>
    private static void ShowMore(Screen screen, RouteStatus route)
    {
        List<string> more = [];
        if (route.Shadow is { } shadow) more.Add($"{shadow.Different} of {shadow.Compared} answers differ since {RouteRows.Time(shadow.Since)}");
        if (route.Gates is { } gates) more.Add($"gates: {gates}");
        if (route.Steps is { } steps) more.Add(steps.Next is { } next ? string.Create(CultureInfo.InvariantCulture, $"next step {next:0.##} % at {RouteRows.Time(steps.NextAt!.Value)}, when the gates pass") : "the last step of its plan");
        if (route.Stage == Stage.Legacy.Word() && route.Changed is not { Before: not null }) return;
        if (route.Changed is { } changed) more.Add($"{RouteRows.Time(changed.At)}, revision {changed.Revision}, from {changed.Before ?? "nothing"} by {changed.Who}: {changed.Why}");
        if (more.Count == 0) return;
        screen.Line();
        screen.Line(route.Id);
        foreach (var line in more) screen.Line($"  {line}");
    }

    private static void ShowServices(Screen screen, IReadOnlyList<ServiceStatus> services)
    {
        if (services.Count == 0) return;
        screen.Line();
        screen.Table(
            ["SERVICE", "DESTINATION", "HEALTH", "IN FLIGHT", "BREAKER"],
            services.SelectMany(service => service.Destinations.Select(destination => (IReadOnlyList<string>)
                [service.Name, destination.Address, destination.Healthy ? "healthy" : "unhealthy", $"{destination.InFlight}", Breaker(service.Breaker)])));
    }

    private static void ShowRefusal(Screen screen, FacadeStatus status)
    {
        if (status.Refused is not { } refused) return;
        screen.Line();
        screen.Line($"The file as it stands was refused at {RouteRows.Time(refused.At)}; revision {status.Revision} goes on serving:");
        screen.Errors(status.File, refused.Errors);
    }

    private static string Requests(int? total, int? failed) => total is null or 0 ? "-" : failed > 0 ? $"{total} ({failed} failed)" : $"{total}";

    private static string Breaker(BreakerStatus? breaker) => breaker switch
    {
        null => "off",
        { Until: { } until } => $"{breaker.State} until {RouteRows.Time(until)}",
        _ => $"{breaker.State}, {breaker.Failures} of {breaker.Requests} failed",
    };
}
