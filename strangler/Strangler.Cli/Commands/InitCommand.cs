using System.CommandLine;
using Strangler.Cli.Starting;
using Strangler.Cli.Terminal;

namespace Strangler.Cli.Commands;

internal sealed class InitCommand : ToolCommand
{
    private readonly Option<string> legacy = new("--legacy") { Description = "Address of the legacy application: scheme, host and port.", HelpName = "URL", Required = true };
    private readonly Option<string?> routes = ToolOptions.Routes($"The file to write. [default: {ToolOptions.DefaultRoutes}]");

    public InitCommand()
        : base("init", "Write a first routes.json with its schema: everything goes to legacy. Overwrites nothing.")
    {
        Add(legacy);
        Add(routes);
    }

    protected override Task<ExitCode> RunAsync(ParseResult given, Screen screen, CancellationToken cancellation)
    {
        var routes = given.GetValue(this.routes) ?? ToolOptions.DefaultRoutes;
        var legacy = given.GetRequiredValue(this.legacy);
        var written = FirstRoutes.Write(routes, legacy);

        screen.Json(new { Written = written });
        foreach (var file in written) screen.Line($"Wrote {file}");
        screen.Line($"Next: strangler serve --legacy {legacy} --routes {routes}");
        return Task.FromResult(ExitCode.Done);
    }
}
