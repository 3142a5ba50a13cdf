namespace Clinic.Legacy.Tests;

public sealed class SettingsTests
{
    [Theory]
    [InlineData("Legacy:Branch", "zero", "Legacy:Branch is 'zero': give a whole number from 1 to 9999.")]
    [InlineData("Legacy:Branch", "0", "Legacy:Branch is '0': give a whole number from 1 to 9999.")]
    [InlineData("Legacy:Patients", "10", "Legacy:Patients is '10': give a whole number from 300 to 1000000.")]
    [InlineData("Legacy:Seed", "1.5", "Legacy:Seed is '1.5': give a whole number from -2147483648 to 2147483647.")]
    [InlineData("Legacy:RemoteAuthenticationKey", "secret", "Legacy:RemoteAuthenticationKey is not a usable key: give a GUID of 32 hex digits that is not all zero, the same as the facade's.")]
    [InlineData("Legacy:RemoteAuthenticationKey", "00000000000000000000000000000000", "Legacy:RemoteAuthenticationKey is not a usable key: give a GUID of 32 hex digits that is not all zero, the same as the facade's.")]
    [InlineData("ConnectionStrings:Legacy", "Server=x", "ConnectionStrings:Legacy names no database: give 'Data Source=FILE' for SQLite or 'Host=...' for PostgreSQL.")]
    [InlineData("urls", "nonsense", "--urls is 'nonsense': give an address such as http://127.0.0.1:8082.")]
    public void A_broken_setting_is_named_with_its_cure(string key, string value, string message) =>
        Assert.Equal(message, Assert.Throws<AjusteInvalido>(() => LegacyHost.Create(["--" + key, value])).Message);

    [Theory]
    [InlineData("Data Source=x.db;Nonsense=1")]
    [InlineData("Host=localhost;Port=many")]
    [InlineData("Nonsense")]
    public void A_connection_string_that_cannot_be_read_is_named(string value) =>
        Assert.StartsWith("ConnectionStrings:Legacy cannot be read (", Assert.Throws<AjusteInvalido>(() => LegacyHost.Create(["--ConnectionStrings:Legacy", value])).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_named()
    {
        var folder = Directory.CreateTempSubdirectory("legacy-settings-").FullName;
        var file = Path.Combine(folder, "file");
        await File.WriteAllTextAsync(file, "in the way");
        try
        {
            await using var app = LegacyHost.Create(["--urls", "http://127.0.0.1:0", "--ConnectionStrings:Legacy", $"Data Source={folder}/l.db", "--Legacy:PickupFolder", Path.Combine(file, "mail"), "--Legacy:UploadFolder", folder]);

            var refused = await Assert.ThrowsAsync<AjusteInvalido>(() => app.StartAsync());

            Assert.StartsWith("Legacy:PickupFolder: the folder ", refused.Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
