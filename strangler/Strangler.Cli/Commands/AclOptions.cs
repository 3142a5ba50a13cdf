using System.CommandLine;
using Strangler.Cli.Admin;

namespace Strangler.Cli.Commands;

/// <summary>Where the anti-corruption layer is asked.</summary>
internal static class AclOptions
{
    public const string DefaultAcl = "http://127.0.0.1:8085";

    public static Option<Uri> Acl() => ToolOptions.Address("--acl", "Listener of the anti-corruption layer.", "STRANGLER_ACL", DefaultAcl);

    public static JsonApi Api(Uri address) => new("The anti-corruption layer", address, "Start it, or name its address with --acl.");
}
