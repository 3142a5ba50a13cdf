using System.CommandLine;
using Strangler.Cli.Terminal;
using Strangler.Facade;

namespace Strangler.Cli.Commands;

internal sealed class CheckCommand : ToolCommand
{
    private readonly Option<string?> routes = ToolOptions.Routes($"The file to check. [default: {ToolOptions.DefaultRoutes}]");

    public CheckCommand()
        : base("check", "Say everything that is wrong with a routes.json, by the facade's own validator; nothing need be running.")
        => Add(routes);

    protected override Task<ExitCode> RunAsync(ParseResult given, Screen screen, CancellationToken cancellation)
    {
        var file = given.GetValue(routes) ?? ToolOptions.DefaultRoutes;
        if (!File.Exists(file)) throw new CommandFailedException(ExitCode.Failed, $"There is no file '{file}'. Give its path, --routes FILE, or write a first one: strangler init --legacy URL.");
        var result = RoutesFile.Read(file);
        screen.Json(Document(file, result));
        if (result.Table is { } table) Hold(screen, file, table);
        else Refuse(screen, file, result.Errors);
        return Task.FromResult(result.Table is null ? ExitCode.Failed : ExitCode.Done);
    }

    private static void Hold(Screen screen, string file, OwnershipTable table)
    {
        var moved = table.Routes.Count(route => route.Stage != Stage.Legacy);
        screen.Line($"{file} is good: {Count(table.Routes.Count, "route")}, {moved} of them not legacy's; legacy at {Url(table.Owners[Owner.LegacyName])}.");
        screen.Table(
            ["ROUTE", "PATH", "METHODS", "STAGE", "OWNER", "IDENTITY"],
            table.Routes.Select(route => (IReadOnlyList<string>)[route.Id, route.Path, RouteRows.Any(route.Methods), RouteRows.Stage(route.Stage.Word(), route.Share), $"{route.Owner.Name} {Url(route.Owner)}", RouteRows.Identity(route)]));
    }

    private static void Refuse(Screen screen, string file, IReadOnlyList<RouteError> errors)
    {
        screen.Errors(file, errors);
        screen.Line($"{Count(errors.Count, "error")}: a facade refuses this file and goes on with the one before.");
    }

    private static object Document(string file, RoutesFileResult result) => new
    {
        File = Path.GetFullPath(file),
        Valid = result.Table is not null,
        result.Hash,
        Routes = result.Table?.Routes.Select(route => new
        {
            route.Id,
            route.Path,
            route.Methods,
            route.Hosts,
            Service = route.Service?.Name,
            Stage = route.Stage.Word(),
            route.Share,
            Owner = route.Owner.Name,
            Destination = Url(route.Owner),
            Identity = RouteRows.Identity(route),
        }),
        result.Errors,
    };

    private static string Url(Owner owner) => owner.Address.GetLeftPart(UriPartial.Authority);

    private static string Count(int count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";
}
