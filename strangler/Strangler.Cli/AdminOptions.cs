using System.CommandLine;
using Strangler.Cli.Admin;

namespace Strangler.Cli;

/// <summary>Where a facade's admin listener is, and the token that it may ask for: the same for every command that asks a facade.</summary>
internal sealed class AdminOptions
{
    public Option<Uri> Address { get; } = ToolOptions.Address("--admin", "Admin listener of the facade.", "STRANGLER_ADMIN", ToolOptions.DefaultAdmin);

    public Option<string?> Token { get; } = new("--token")
    {
        Description = "File with the token of the admin listener, when it asks for one. Environment: STRANGLER_TOKEN.",
        HelpName = "FILE",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("STRANGLER_TOKEN") is { Length: > 0 } file ? file : null,
    };

    public void AddTo(Command command)
    {
        command.Add(Address);
        command.Add(Token);
    }

    /// <summary>The facade that the command line means.</summary>
    /// <exception cref="CommandFailedException">The token's file cannot be read.</exception>
    public FacadeAdmin Open(ParseResult given) => new(given.GetRequiredValue(Address), given.GetValue(Token) is { } file ? Read(file) : null);

    private static string Read(string file)
    {
        try
        {
            var token = File.ReadAllText(file).Trim();
            // The facade knows what a token is; a header knows what it can carry.
            return token.All(c => c is > ' ' and <= '~') ? token : throw new CommandFailedException(ExitCode.Usage, $"The token file '{file}' holds no token.");
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CommandFailedException(ExitCode.Usage, $"The token file '{file}' cannot be read: {cause.Message}");
        }
    }
}
