using System.Security.Cryptography;

namespace Strangler.Identity.Tests;

public sealed class IdentityKeysTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("identity-keys-");

    [Fact]
    public void A_pair_made_in_a_folder_signs_and_verifies()
    {
        var files = IdentityKeys.CreateFiles(Path.Combine(folder.FullName, "new", "folder"));

        Assert.True(files.Created);
        using var issuer = new IdentityIssuer(IdentityKeys.ReadPrivate(files.PrivateKey), TimeProvider.System);
        using var verifier = new IdentityVerifier(IdentityKeys.ReadPublic(files.PublicKey), "absenteeism", TimeProvider.System, TimeSpan.Zero);
        Assert.True(verifier.Verify(issuer.Issue(Users.Bob, "absenteeism")).Accepted);
    }

    [Fact]
    public void The_private_key_can_be_read_by_its_owner_alone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "file modes are Unix");

        var files = IdentityKeys.CreateFiles(folder.FullName);

        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(files.PrivateKey));
        Assert.Equal(["identity.private.pem", "identity.public.pem"], NamesIn(folder));
    }

    [Fact]
    public void A_second_call_leaves_the_pair_as_it_is()
    {
        var first = IdentityKeys.CreateFiles(folder.FullName);
        var before = File.ReadAllText(first.PrivateKey) + File.ReadAllText(first.PublicKey);

        var second = IdentityKeys.CreateFiles(folder.FullName);

        Assert.False(second.Created);
        Assert.Equal(before, File.ReadAllText(second.PrivateKey) + File.ReadAllText(second.PublicKey));
    }

    [Fact]
    public void A_lost_public_key_is_written_again_from_the_private_one()
    {
        var files = IdentityKeys.CreateFiles(folder.FullName);
        var before = File.ReadAllText(files.PublicKey);
        File.Delete(files.PublicKey);

        IdentityKeys.CreateFiles(folder.FullName);

        Assert.Equal(before, File.ReadAllText(files.PublicKey));
    }

    [Fact]
    public void A_public_key_of_another_pair_is_refused_and_kept()
    {
        var files = IdentityKeys.CreateFiles(folder.FullName);
        var foreign = KeyPair.Fresh().Public;
        File.WriteAllText(files.PublicKey, foreign);

        var fault = Assert.Throws<IdentityKeyException>(() => IdentityKeys.CreateFiles(folder.FullName));

        Assert.Equal($"'{files.PublicKey}' does not belong to '{files.PrivateKey}'. Delete the public file to have it written again, or both for a new pair.", fault.Message);
        Assert.Equal(foreign, File.ReadAllText(files.PublicKey));
    }

    [Fact]
    public async Task Many_starts_at_once_agree_on_one_pair()
    {
        var all = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => IdentityKeys.CreateFiles(folder.FullName))));

        Assert.Single(all, files => files.Created);
        Assert.False(IdentityKeys.CreateFiles(folder.FullName).Created);
        Assert.Equal(["identity.private.pem", "identity.public.pem"], NamesIn(folder));
    }

    [Fact]
    public void The_private_key_is_no_public_key()
    {
        var files = IdentityKeys.CreateFiles(folder.FullName);

        var fault = Assert.Throws<IdentityKeyException>(() => IdentityKeys.ReadPublic(files.PrivateKey));

        Assert.Equal($"'{files.PrivateKey}' holds the private key, with which anyone can be impersonated. Give the path of identity.public.pem instead.", fault.Message);
    }

    [Fact]
    public void The_public_key_is_no_private_key()
    {
        var files = IdentityKeys.CreateFiles(folder.FullName);

        Assert.Contains("holds no private key", Assert.Throws<IdentityKeyException>(() => IdentityKeys.ReadPrivate(files.PublicKey)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_on_another_curve_is_refused()
    {
        var file = Path.Combine(folder.FullName, "p384.pem");
        File.WriteAllText(file, KeyPair.On(ECCurve.NamedCurves.nistP384).Public);

        Assert.Contains("is not an ECDSA P-256 key", Assert.Throws<IdentityKeyException>(() => IdentityKeys.ReadPublic(file)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")]
    public void What_is_no_key_is_refused_by_name(string content)
    {
        var file = Path.Combine(folder.FullName, "broken.pem");
        File.WriteAllText(file, content);

        Assert.StartsWith($"'{file}' is not an ECDSA P-256 key", Assert.Throws<IdentityKeyException>(() => IdentityKeys.ReadPublic(file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_named_with_the_cure()
    {
        var file = Path.Combine(folder.FullName, "missing.pem");

        var fault = Assert.Throws<IdentityKeyException>(() => IdentityKeys.ReadPublic(file));

        Assert.StartsWith($"'{file}' cannot be read: ", fault.Message, StringComparison.Ordinal);
        Assert.EndsWith("Make a key pair with `strangler identity-keys DIR` and give the path of its file.", fault.Message, StringComparison.Ordinal);
    }

    public void Dispose() => folder.Delete(recursive: true);

    private static IEnumerable<string> NamesIn(DirectoryInfo folder) => folder.GetFiles().Select(file => file.Name).Order(StringComparer.Ordinal);
}
