using System.CommandLine;
using System.Text.Json;
using Strangler.Cli.Terminal;

namespace Strangler.Cli.Commands;

/// <summary>strangler release TABLE: lets a table flow again that is held because its shape changed.</summary>
internal sealed class ReleaseCommand : ToolCommand
{
    private readonly Argument<string> table = new("TABLE") { Description = "The legacy table." };
    private readonly Option<string?> accept = new("--accept") { Description = "The fingerprint of the new shape, as strangler lag names it, when the translators read it as it is.", HelpName = "FINGERPRINT" };
    private readonly Option<Uri> acl = AclOptions.Acl();

    public ReleaseCommand()
        : base("release", "Looks again at a table that is held because its shape changed; fails while it cannot be read.")
    {
        Add(table);
        Add(accept);
        Add(acl);
    }

    protected override async Task<ExitCode> RunAsync(ParseResult given, Screen screen, CancellationToken cancellation)
    {
        using var acl = AclOptions.Api(given.GetRequiredValue(this.acl));
        var raw = await acl.PostAsync<JsonElement>("/tables/release", new { Table = given.GetRequiredValue(table), Accept = given.GetValue(accept) }, cancellation);
        var released = acl.Read<Released>(raw);
        screen.Json(raw);
        screen.Line(released.Held is null ? $"Table '{released.Table}' flows again; what waited goes first." : $"Held: {released.Held}");
        return released.Held is null ? ExitCode.Done : ExitCode.Failed;
    }

    private sealed record Released(string Table, string? Held);
}
