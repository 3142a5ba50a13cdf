using System.CommandLine;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Strangler.Cli.Starting;
using Strangler.Cli.Terminal;
using Strangler.Facade;

namespace Strangler.Cli.Commands;

internal sealed class ServeCommand : ToolCommand
{
    private readonly Option<string?> legacy = new("--legacy") { Description = "Address of the legacy application; comes before the one in the file.", HelpName = "URL" };
    private readonly Option<string?> routes = ToolOptions.Routes($"The file of route ownership. [default: {ToolOptions.DefaultRoutes}, written first when missing]");
    private readonly Option<string> urls = new("--urls") { Description = "Where users come in; several with ';' between.", HelpName = "URL", DefaultValueFactory = _ => StranglerFacade.DefaultUrl };
    private readonly Option<string?> state = new("--state") { Description = "Folder of the history, for this facade alone. [default: .strangler beside the file]", HelpName = "DIR" };
    private readonly AdminOptions admin = new();

    public ServeCommand()
        : base("serve", "Run a facade in front of any HTTP application, until it is stopped. More settings by environment, e.g. Identity__PrivateKey.")
    {
        foreach (var option in (Option[])[legacy, routes, urls, state]) Add(option);
        admin.AddTo(this);
        urls.Validators.Add(result =>
        {
            foreach (var problem in PublicListener.Problems(result.GetValueOrDefault<string>()!)) result.AddError(problem);
        });
    }

    protected override async Task<ExitCode> RunAsync(ParseResult given, Screen screen, CancellationToken cancellation)
    {
        var routes = RoutesOf(given, screen);
        try
        {
            await using var app = ServedFacade.Create(Settings(given, routes), screen.IsJson);
            await app.StartAsync(cancellation);
            Announce(screen, app, routes, given.GetRequiredValue(admin.Address));
            await app.WaitForShutdownAsync(cancellation);
            return ExitCode.Done;
        }
        catch (OptionsValidationException cause)
        {
            throw new CommandFailedException(ExitCode.Failed, string.Join(Environment.NewLine, cause.Failures));
        }
        catch (Exception cause) when (cause is IOException or SocketException)
        {
            throw new CommandFailedException(ExitCode.Failed, $"A listener cannot be opened: {cause.Message.TrimEnd('.')}. Stop what listens there, or choose another: --urls for users, --admin for the admin listener.");
        }
    }

    private string RoutesOf(ParseResult given, Screen screen)
    {
        var chosen = given.GetValue(routes);
        var file = Path.GetFullPath(chosen ?? ToolOptions.DefaultRoutes);
        if (File.Exists(file)) return file;
        if (chosen is not null) throw new CommandFailedException(ExitCode.Failed, $"There is no file '{file}'. Write a first one: strangler init --legacy URL --routes {chosen}");
        if (given.GetValue(this.legacy) is not { } legacy) throw new CommandFailedException(ExitCode.Usage, $"There is no {ToolOptions.DefaultRoutes} here. Say what to stand in front of, --legacy URL, or give a file, --routes FILE.");
        foreach (var written in FirstRoutes.Write(file, legacy)) screen.Line($"Wrote {written}");
        return file;
    }

    private List<string> Settings(ParseResult given, string routes)
    {
        List<string> settings = ["--urls", given.GetRequiredValue(urls), "--Facade:Routes", routes, "--Facade:Admin", given.GetRequiredValue(admin.Address).GetLeftPart(UriPartial.Authority)];
        if (given.GetValue(admin.Token) is { } token) settings.AddRange(["--Facade:AdminToken", Path.GetFullPath(token)]);
        if (given.GetValue(this.state) is { } state) settings.AddRange(["--Facade:State", Path.GetFullPath(state)]);
        if (given.GetValue(this.legacy) is { } legacy) settings.AddRange(["--Facade:Addresses:legacy", legacy]);
        return settings;
    }

    private static void Announce(Screen screen, WebApplication app, string routes, Uri admin)
    {
        screen.Json(new { app.Urls, Admin = admin, Routes = routes });
        screen.Line($"The facade is up: {string.Join(", ", app.Urls)}");
        screen.Line($"  routes {routes}");
        screen.Line($"  admin  {admin}  (strangler status --admin {admin.GetLeftPart(UriPartial.Authority)})");
        screen.Line("Ctrl+C stops it.");
    }
}
