using System.CommandLine;
using Strangler.Cli.Admin;

namespace Strangler.Cli;

/// <summary>Where a facade's admin listener is, and the token that it may ask for: the same for every command that asks a facade.</summary>
internal sealed class AdminOptions
{
    public Option<Uri> Address { get; } = ToolOptions.Address("--admin", "Admin listener of the facade.", "STRANGLER_ADMIN", ToolOptions.DefaultAdmin);

    public Option<string?> Token { get; } = TokenFile.Option("--token", "File with the token of the admin listener, when it asks for one.", "STRANGLER_TOKEN");

    public void AddTo(Command command)
    {
        command.Add(Address);
        command.Add(Token);
    }

    /// <summary>The facade that the command line means.</summary>
    /// <exception cref="CommandFailedException">The token's file cannot be read.</exception>
    public FacadeAdmin Open(ParseResult given) => new(given.GetRequiredValue(Address), given.GetValue(Token) is { } file ? TokenFile.Read(file) : null);
}
