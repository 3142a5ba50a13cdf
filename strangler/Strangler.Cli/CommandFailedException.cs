using Strangler.Facade;

namespace Strangler.Cli;

/// <summary>An outcome that ends a command: what is wrong and the cure, for a person. Becomes text (or JSON) and an exit code, never a stack trace.</summary>
internal sealed class CommandFailedException(ExitCode code, string message, IReadOnlyList<RouteError>? errors = null) : Exception(message)
{
    public ExitCode Code => code;

    /// <summary>What is wrong with a routes.json; empty when that is not the matter.</summary>
    public IReadOnlyList<RouteError> Errors => errors ?? [];
}
