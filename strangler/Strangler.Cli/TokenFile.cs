using System.CommandLine;

namespace Strangler.Cli;

/// <summary>A token that a host asks for: in a file, so that it is in no history of a shell and in no list of processes.</summary>
internal static class TokenFile
{
    public static Option<string?> Option(string name, string description, string variable) => new(name)
    {
        Description = $"{description} Environment: {variable}.",
        HelpName = "FILE",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } file ? file : null,
    };

    /// <exception cref="CommandFailedException">The file cannot be read.</exception>
    public static string Read(string file)
    {
        try
        {
            var token = File.ReadAllText(file).Trim();
            // The host knows what a token is; a header knows what it can carry.
            return token.All(c => c is > ' ' and <= '~') ? token : throw new CommandFailedException(ExitCode.Usage, $"The token file '{file}' holds no token.");
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CommandFailedException(ExitCode.Usage, $"The token file '{file}' cannot be read: {cause.Message}");
        }
    }
}
