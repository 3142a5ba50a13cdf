using System.CommandLine;
using Strangler.Cli.Terminal;
using Strangler.Identity;

namespace Strangler.Cli.Commands;

internal sealed class IdentityKeysCommand : ToolCommand
{
    private readonly Argument<string> folder = new("DIR") { Description = "The folder for the two files; made when missing." };

    public IdentityKeysCommand()
        : base("identity-keys", "Make the key pair by which services believe the facade; leaves a pair that is there as it is.")
        => Add(folder);

    protected override Task<ExitCode> RunAsync(ParseResult given, Screen screen, CancellationToken cancellation)
    {
        var files = Create(given.GetRequiredValue(folder));
        screen.Json(files);
        screen.Line(files.Created ? "Made a key pair:" : "The key pair is there already:");
        screen.Line($"  {files.PrivateKey}  for the facade alone: Identity:PrivateKey");
        screen.Line($"  {files.PublicKey}  for every service: Identity:PublicKey");
        return Task.FromResult(ExitCode.Done);
    }

    private static IdentityKeyFiles Create(string folder)
    {
        try
        {
            return IdentityKeys.CreateFiles(folder);
        }
        catch (Exception cause) when (cause is IdentityKeyException or IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException(ExitCode.Failed, cause.Message);
        }
    }
}
