using System.CommandLine;
using Strangler.Cli.Admin;
using Strangler.Cli.Terminal;

namespace Strangler.Cli.Commands;

internal sealed class StatusCommand : ToolCommand
{
    private readonly AdminOptions _admin = new();

    public StatusCommand()
        : base("status", "What is live: revision, file, and who answers every route.")
        => _admin.AddTo(this);

    protected override async Task<ExitCode> RunAsync(ParseResult given, Screen screen, CancellationToken cancellation)
    {
        using var admin = _admin.Open(given);
        var (raw, status) = await admin.RawStatusAsync(cancellation);
        screen.Json(raw);
        if (!screen.IsJson) Show(screen, status);
        return ExitCode.Done;
    }

    private static void Show(Screen screen, FacadeStatus status)
    {
        screen.Line($"Revision {status.Revision}, live since {RouteRows.Time(status.LiveSince)}, from {status.File}");
        screen.Line($"Hash {status.Hash}");
        screen.Line();
        screen.Table(
            ["ROUTE", "PATH", "METHODS", "HOSTS", "STAGE", "OWNER", "IDENTITY"],
            status.Routes.Select(route => (IReadOnlyList<string>)
                [route.Id, route.Path, RouteRows.Any(route.Methods), RouteRows.Any(route.Hosts), RouteRows.Stage(route.Stage, route.Share), route.Owner, route.Identity]));
        if (status.Services is { Count: > 0 } services)
        {
            screen.Line();
            screen.Table(
                ["SERVICE", "DESTINATION", "HEALTH", "IN FLIGHT", "BREAKER"],
                services.SelectMany(service => service.Destinations.Select(destination => (IReadOnlyList<string>)
                    [service.Name, destination.Address, destination.Healthy ? "healthy" : "unhealthy", $"{destination.InFlight}", Breaker(service.Breaker)])));
        }

        if (status.Refused is not { } refused) return;
        screen.Line();
        screen.Line($"The file as it stands was refused at {RouteRows.Time(refused.At)}; revision {status.Revision} goes on serving:");
        screen.Errors(status.File, refused.Errors);
    }

    private static string Breaker(BreakerStatus? breaker) => breaker switch
    {
        null => "off",
        { Until: { } until } => $"{breaker.State} until {RouteRows.Time(until)}",
        _ => $"{breaker.State}, {breaker.Failures} of {breaker.Requests} failed",
    };
}
