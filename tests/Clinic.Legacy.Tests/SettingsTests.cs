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
    public void A_broken_setting_is_named_with_its_cure(string key, string value, string message) =>
        Assert.Equal(message, Assert.Throws<AjusteInvalido>(() => LegacyHost.Create(["--" + key, value])).Message);
}
