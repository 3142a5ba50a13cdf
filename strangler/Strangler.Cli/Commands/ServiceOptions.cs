using System.CommandLine;
using Strangler.Cli.Admin;

namespace Strangler.Cli.Commands;

/// <summary>Which service's consumers are asked, and the token by which it lets operators in.</summary>
internal sealed class ServiceOptions
{
    private readonly Option<Uri> address = ToolOptions.Address("--service", "Listener of the service whose consumers are meant.", "STRANGLER_SERVICE", null);
    private readonly Option<string?> token = TokenFile.Option("--token", "File with the token by which the service lets operators in.", "STRANGLER_SERVICE_TOKEN");
    private readonly Option<string?> consumer = new("--consumer") { Description = "The consumer, where the service has several.", HelpName = "NAME" };

    /// <param name="command">Gets the options.</param>
    /// <param name="severalConsumers">False for a command that names the consumer itself.</param>
    public ServiceOptions(Command command, bool severalConsumers = true)
    {
        command.Add(address);
        command.Add(token);
        if (severalConsumers) command.Add(consumer);
    }

    public string? Consumer(ParseResult given) => given.GetValue(consumer);

    /// <exception cref="CommandFailedException">The token's file cannot be read.</exception>
    public JsonApi Open(ParseResult given) =>
        new("The service", given.GetRequiredValue(address), "Start it, or name its address with --service.", given.GetValue(token) is { } file ? TokenFile.Read(file) : null);

    /// <summary>The consumer as a part of a query, for GET.</summary>
    public string Query(ParseResult given) => Consumer(given) is { } name ? $"&consumer={Uri.EscapeDataString(name)}" : "";
}
