using System.CommandLine;
using Strangler.Cli.Admin;
using Strangler.Cli.Flipping;
using Strangler.Cli.Terminal;

namespace Strangler.Cli.Commands;

internal sealed class RollbackCommand : ToolCommand
{
    private readonly Argument<string> route = new("ROUTE") { Description = "The route's id." };
    private readonly Option<string> why = ToolOptions.Why();
    private readonly Option<string> who = ToolOptions.Who();
    private readonly Option<string?> routes = ToolOptions.Routes("The facade's file here. With it, a rollback works while the admin listener is dead; nobody confirms it then.");
    private readonly Option<string?> state = new("--state") { Description = "The facade's state folder, for its history while the admin listener is dead. [default: .strangler beside the file]", HelpName = "DIR" };
    private readonly Option<double> timeout = ToolOptions.Timeout();
    private readonly AdminOptions admin = new();

    public RollbackCommand()
        : base("rollback", "Give a route back to the stage before its last change of stage. Never leads forward, so a second one does no harm.")
    {
        Add(route);
        foreach (var option in (Option[])[why, who, routes, state, timeout]) Add(option);
        admin.AddTo(this);
    }

    protected override async Task<ExitCode> RunAsync(ParseResult given, Screen screen, CancellationToken cancellation)
    {
        using var client = admin.Open(given);
        IReadOnlyList<HistoryEntry> history;
        try
        {
            history = await client.HistoryAsync(given.GetRequiredValue(route), cancellation);
        }
        catch (CommandFailedException failure) when (failure.Code == ExitCode.Unreachable)
        {
            if (given.GetValue(this.routes) is not { } routes) throw new CommandFailedException(failure.Code, $"{failure.Message} Or edit its file without it: --routes FILE.");
            FlipOutcomes.Show(screen, await UnconfirmedAsync(given, routes, cancellation));
            return ExitCode.Done;
        }

        var flip = Rollback(given, history);
        FlipOutcomes.Show(screen, await new ConfirmedFlip(client, TimeProvider.System).RunAsync(flip, given.GetValue(this.routes), TimeSpan.FromSeconds(given.GetRequiredValue(timeout)), cancellation));
        return ExitCode.Done;
    }

    private Task<FlipOutcome> UnconfirmedAsync(ParseResult given, string routes, CancellationToken cancellation)
    {
        var state = given.GetValue(this.state) ?? Path.Combine(Path.GetDirectoryName(Path.GetFullPath(routes))!, ".strangler");
        var flip = Rollback(given, HistoryOf(Path.Combine(state, "history.jsonl"), given.GetRequiredValue(route)));
        return UnconfirmedFlip.RunAsync(flip, routes, TimeSpan.FromSeconds(given.GetRequiredValue(timeout)), TimeProvider.System, cancellation);
    }

    private Flip Rollback(ParseResult given, IReadOnlyList<HistoryEntry> history) =>
        new(given.GetRequiredValue(route), now => RollbackTarget.Of(now, history), given.GetRequiredValue(who), given.GetRequiredValue(why));

    private static IReadOnlyList<HistoryEntry> HistoryOf(string file, string route)
    {
        try
        {
            return File.Exists(file) ? HistoryEntry.ReadFile(file, route) : [];
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException(ExitCode.Failed, $"The history '{file}' cannot be read: {cause.Message}");
        }
    }
}
