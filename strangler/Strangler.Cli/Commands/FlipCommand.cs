using System.CommandLine;
using Strangler.Cli.Admin;
using Strangler.Cli.Flipping;
using Strangler.Cli.Terminal;
using Strangler.Facade;

namespace Strangler.Cli.Commands;

internal sealed class FlipCommand : ToolCommand
{
    private readonly Argument<string> route = new("ROUTE") { Description = "The route's id." };
    private readonly Option<Stage> to = ToolOptions.Stage("--to");
    private readonly Option<Share?> share = ToolOptions.Share();
    private readonly Option<string> why = ToolOptions.Why();
    private readonly Option<string> who = ToolOptions.Who();
    private readonly Option<bool> force = new("--force") { Description = "Move on although the gates of the file do not pass; that is written into the history." };
    private readonly Option<string?> routes = ToolOptions.Routes("The facade's file, when its path is another one here.");
    private readonly Option<double> timeout = ToolOptions.Timeout();
    private readonly AdminOptions admin = new();

    public FlipCommand()
        : base("flip", "Give a route to another owner: changes one word of the file (and the share of a canary) and waits until the facade serves it.")
    {
        Add(route);
        foreach (var option in (Option[])[to, share, why, who, force, routes, timeout]) Add(option);
        admin.AddTo(this);
        Validators.Add(result =>
        {
            if (result.GetResult(share) is not null && result.GetResult(to) is not null && result.GetValue(to) != Stage.Canary) result.AddError("--share belongs to --to canary.");
        });
    }

    protected override async Task<ExitCode> RunAsync(ParseResult given, Screen screen, CancellationToken cancellation)
    {
        var stage = given.GetRequiredValue(to);
        var setting = new StageSetting(stage, given.GetValue(share));
        using var client = admin.Open(given);
        var why = await ReasonAsync(client, given, setting, cancellation);
        var flip = new Flip(given.GetRequiredValue(route), _ => setting, given.GetRequiredValue(who), why);
        var outcome = await new ConfirmedFlip(client, TimeProvider.System).RunAsync(flip, given.GetValue(routes), TimeSpan.FromSeconds(given.GetRequiredValue(timeout)), cancellation);
        FlipOutcomes.Show(screen, outcome);
        return ExitCode.Done;
    }

    private async Task<string> ReasonAsync(FacadeAdmin admin, ParseResult given, StageSetting setting, CancellationToken cancellation)
    {
        var (route, why) = (given.GetRequiredValue(this.route), given.GetRequiredValue(this.why));
        var status = await admin.StatusAsync(route, cancellation);
        // A route that is not live has shown nothing and is held to nothing; whether it exists at all, the flip finds out.
        if (status.StageOf(route) is null) return why;
        var (_, report) = await admin.GatesAsync(route, cancellation);
        return Promotion.Reason(report, setting, why, given.GetValue(force));
    }
}
