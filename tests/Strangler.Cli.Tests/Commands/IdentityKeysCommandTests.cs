using Strangler.Identity;

namespace Strangler.Cli.Tests.Commands;

public sealed class IdentityKeysCommandTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("strangler-cli-");

    [Fact]
    public async Task A_pair_is_made_once_and_its_settings_are_named()
    {
        var first = await ToolRun.Of("identity-keys", folder.FullName);
        var second = await ToolRun.Of("identity-keys", folder.FullName, "--json");

        var (privateKey, publicKey) = (Path.Combine(folder.FullName, "identity.private.pem"), Path.Combine(folder.FullName, "identity.public.pem"));
        Assert.Equal(new ToolRun(0, $"Made a key pair:\n  {privateKey}  for the facade alone: Identity:PrivateKey\n  {publicKey}  for every service: Identity:PublicKey\n", ""), first);
        Assert.False(second.Json.GetProperty("created").GetBoolean());
        Assert.Equal(privateKey, second.Json.GetProperty("private_key").GetString());
        IdentityKeys.ReadPrivate(privateKey);
        IdentityKeys.ReadPublic(publicKey);
    }

    [Fact]
    public async Task A_folder_that_is_a_file_is_said()
    {
        var file = Path.Combine(folder.FullName, "file");
        File.WriteAllText(file, "");

        var run = await ToolRun.Of("identity-keys", file);

        Assert.Equal(1, run.Code);
        Assert.Contains(file, run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
    }

    public void Dispose() => folder.Delete(recursive: true);
}
