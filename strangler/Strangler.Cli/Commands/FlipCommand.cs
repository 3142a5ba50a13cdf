using System.CommandLine;
using Strangler.Cli.Admin;
using Strangler.Cli.Flipping;
using Strangler.Cli.Terminal;
using Strangler.Facade;

namespace Strangler.Cli.Commands;

internal sealed class FlipCommand : ToolCommand
{
    private readonly Argument<string> _route = new("ROUTE") { Description = "The route's id." };
    private readonly Option<Stage> _to = ToolOptions.Stage("--to");
    private readonly Option<Share?> _share = ToolOptions.Share();
    private readonly Option<string> _why = ToolOptions.Why();
    private readonly Option<string> _who = ToolOptions.Who();
    private readonly Option<bool> _force = new("--force") { Description = "Move on although the gates of the file do not pass; that is written into the history." };
    private readonly Option<string?> _routes = ToolOptions.Routes("The facade's file, when its path is another one here.");
    private readonly Option<double> _timeout = ToolOptions.Timeout();
    private readonly AdminOptions _admin = new();

    public FlipCommand()
        : base("flip", "Give a route to another owner: changes one word of the file (and the share of a canary) and waits until the facade serves it.")
    {
        Add(_route);
        foreach (var option in (Option[])[_to, _share, _why, _who, _force, _routes, _timeout]) Add(option);
        _admin.AddTo(this);
        Validators.Add(result =>
        {
            if (result.GetResult(_share) is not null && result.GetResult(_to) is not null && result.GetValue(_to) != Stage.Canary) result.AddError("--share belongs to --to canary.");
        });
    }

    protected override async Task<ExitCode> RunAsync(ParseResult given, Screen screen, CancellationToken cancellation)
    {
        var stage = given.GetRequiredValue(_to);
        var setting = new StageSetting(stage, given.GetValue(_share));
        using var admin = _admin.Open(given);
        var why = await ReasonAsync(admin, given, setting, cancellation);
        var flip = new Flip(given.GetRequiredValue(_route), _ => setting, given.GetRequiredValue(_who), why);
        var outcome = await new ConfirmedFlip(admin, TimeProvider.System).RunAsync(flip, given.GetValue(_routes), TimeSpan.FromSeconds(given.GetRequiredValue(_timeout)), cancellation);
        FlipOutcomes.Show(screen, outcome);
        return ExitCode.Done;
    }

    private async Task<string> ReasonAsync(FacadeAdmin admin, ParseResult given, StageSetting setting, CancellationToken cancellation)
    {
        var (route, why) = (given.GetRequiredValue(_route), given.GetRequiredValue(_why));
        var status = await admin.StatusAsync(route, cancellation);
        // A route that is not live has shown nothing and is held to nothing; whether it exists at all, the flip finds out.
        if (status.StageOf(route) is null) return why;
        var (_, report) = await admin.GatesAsync(route, cancellation);
        return Promotion.Reason(report, setting, why, given.GetValue(_force));
    }
}
