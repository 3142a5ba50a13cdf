using System.CommandLine;
using System.CommandLine.Parsing;
using Strangler.Cli.Commands;
using Strangler.Cli.Terminal;

namespace Strangler.Cli;

/// <summary>The tool's table of contents. A new command is one file under Commands, and one line here.</summary>
internal static class Tool
{
    public static RootCommand Root() => new("Moves a legacy application to services, one route at a time.")
    {
        ToolOptions.Json,
        new InitCommand(),
        new ServeCommand(),
        new CheckCommand(),
        new StatusCommand(),
        new ExplainCommand(),
        new GatesCommand(),
        new FlipCommand(),
        new RollbackCommand(),
        new HistoryCommand(),
        new MismatchesCommand(),
        new IdentityKeysCommand(),
        new DoctorCommand(),
        new LagCommand(),
        new ReleaseCommand(),
        new BackfillCommand(),
        new QuarantineCommand(),
        new ParkedCommand(),
        new ReplayCommand(),
        new TailCommand(),
    };

    /// <summary>Runs one command line.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        var given = Root().Parse(args);
        if (given.Errors.Count > 0) return Misused(given, new Screen(output, error, args.Contains(ToolOptions.Json.Name)));
        using var end = new EndSignals();
        return await given.InvokeAsync(new() { Output = output, Error = error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, end.Token);
    }

    private static int Misused(ParseResult given, Screen screen)
    {
        var command = given.CommandResult.Command is RootCommand ? "" : $" {Path(given.CommandResult)}";
        screen.Fail(new(ExitCode.Usage, $"{Problem(given)} See `strangler{command} --help`."));
        return (int)ExitCode.Usage;
    }

    private static string Problem(ParseResult given)
    {
        // What is unknown explains what is missing, not the other way round.
        if (given.UnmatchedTokens is { Count: > 0 } unknown) return $"'{string.Join(' ', unknown)}' is not understood.";
        return string.Join(' ', given.Errors.Select(error => error.Message.ReplaceLineEndings(" ")));
    }

    private static string Path(CommandResult command) =>
        command.Parent is CommandResult { Command: not RootCommand } parent ? $"{Path(parent)} {command.Command.Name}" : command.Command.Name;
}
