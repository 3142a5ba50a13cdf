using System.CommandLine;
using Strangler.Cli.Terminal;

namespace Strangler.Cli;

/// <summary>A command of the tool: declares its arguments and options in its constructor, does its work in <see cref="RunAsync"/>.</summary>
internal abstract class ToolCommand : Command
{
    protected ToolCommand(string name, string description)
        : base(name, description) => SetAction(ActAsync);

    /// <summary>Does the work and shows what came of it.</summary>
    /// <exception cref="CommandFailedException">What a person must know when it failed.</exception>
    protected abstract Task<ExitCode> RunAsync(ParseResult given, Screen screen, CancellationToken cancellation);

    private async Task<int> ActAsync(ParseResult given, CancellationToken cancellation)
    {
        var streams = given.InvocationConfiguration;
        var screen = new Screen(streams.Output, streams.Error, given.GetValue(ToolOptions.Json));
        try
        {
            return (int)await RunAsync(given, screen, cancellation);
        }
        catch (CommandFailedException failure)
        {
            screen.Fail(failure);
            return (int)failure.Code;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return (int)ExitCode.Failed;
        }
    }
}
