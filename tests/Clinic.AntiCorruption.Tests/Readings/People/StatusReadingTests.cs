using Clinic.AntiCorruption.Readings;

namespace Clinic.AntiCorruption.Tests.Readings;

public sealed class StatusReadingTests
{
    [Theory]
    [InlineData("A", "Active")]
    [InlineData("ATIVO", "Active")]
    [InlineData("Ativo", "Active")]
    [InlineData("1", "Active")]
    [InlineData(" a", "Active")]
    [InlineData("I", "Inactive")]
    [InlineData("INATIVO", "Inactive")]
    [InlineData("DEMITIDO", "Inactive")]
    [InlineData("9", "Removed")]
    [InlineData(null, "refused X4.no-status: status is empty and nothing says that the patient was removed")]
    [InlineData("  ", "refused X4.no-status: status is empty and nothing says that the patient was removed")]
    [InlineData("Z", "refused X4.unknown-status: status is 'Z', a code that nobody explained")]
    [InlineData("0", "refused X4.unknown-status: status is '0', a code that nobody explained")]
    [InlineData("JOSE MARIA", "refused X4.unknown-status: status is a text of 10 characters, a code that nobody explained")]
    public void X4_a_patient_is_active_inactive_or_removed_and_an_unknown_code_is_none_of_them(string? text, string outcome) =>
        Assert.Equal(outcome, StatusReading.Read(text).ToString());
}
