using System.CommandLine;
using Strangler.Cli.Admin;
using Strangler.Cli.Terminal;

namespace Strangler.Cli.Commands;

internal sealed class HistoryCommand : ToolCommand
{
    private const int MostNamed = 50;

    private readonly Argument<string?> route = new("ROUTE") { Description = "The route's id; every route when left out.", Arity = ArgumentArity.ZeroOrOne };
    private readonly AdminOptions admin = new();

    public HistoryCommand()
        : base("history", "Every change of ownership: when, who, which route, from where to where, and why.")
    {
        Add(route);
        admin.AddTo(this);
    }

    protected override async Task<ExitCode> RunAsync(ParseResult given, Screen screen, CancellationToken cancellation)
    {
        using var client = admin.Open(given);
        var route = given.GetValue(this.route);
        var entries = await client.HistoryAsync(route, cancellation);
        if (entries.Count == 0 && route is not null) await MustExistAsync(client, route, cancellation);

        screen.Json(entries);
        if (entries.Count == 0) screen.Line("Nothing has changed yet.");
        else screen.Table(["REVISION", "AT", "WHO", "ROUTE", "BEFORE", "AFTER", "WHY"], entries.Select(Row));
        return ExitCode.Done;
    }

    private static IReadOnlyList<string> Row(HistoryEntry entry) =>
        [$"{entry.Revision}", RouteRows.Time(entry.At), entry.Who, entry.Route ?? "-", entry.Before ?? "-", entry.After ?? "-", entry.Why];

    private static async Task MustExistAsync(FacadeAdmin admin, string route, CancellationToken cancellation)
    {
        var (_, status) = await admin.RawStatusAsync([], null, cancellation);
        if (status.StageOf(route) is null)
            throw new CommandFailedException(ExitCode.Failed, $"There is no route '{route}', and there never was. Routes: {string.Join(", ", status.Routes.Select(live => live.Id).Take(MostNamed))}{(status.Routes.Count > MostNamed ? " …" : ".")}");
    }
}
