using Clinic.AntiCorruption.Readings;

namespace Clinic.AntiCorruption.Tests.Readings;

public sealed class CertificateReadingTests
{
    [Theory]
    [InlineData("123456", null, "123456 - -")]
    [InlineData("CRM 123.456", null, "123456 - -")]
    [InlineData("CRM/RJ 123456", "UPA TIJUCA", "123456 RJ UPA TIJUCA")]
    [InlineData("crm-sp: 123456", null, "123456 SP -")]
    [InlineData("123456-SP", null, "123456 SP -")]
    [InlineData("123456/MG", null, "123456 MG -")]
    [InlineData("52-12345-6", null, "52123456 RJ -")]
    [InlineData("CRM 52.12345-6", null, "52123456 RJ -")]
    [InlineData("DR. HOUSE", "UPA", "- - UPA !crm.unreadable")]
    [InlineData("DR. HOUSE", null, "unknown !crm.unreadable")]
    [InlineData(null, "SA\u00C3\u009ADE", "- - SAÚDE !issuer.encoding-repaired")]
    [InlineData("", " ", "missing")]
    [InlineData(null, null, "missing")]
    public void A_certificate_names_a_doctor_a_state_and_an_issuer(string? doctor, string? issuer, string outcome)
    {
        var reading = CertificateReading.Read(doctor, issuer);

        var shown = reading.IsKnown
            ? string.Join(" !", [$"{reading.Value.Crm ?? "-"} {reading.Value.Uf ?? "-"} {reading.Value.Issuer ?? "-"}", .. reading.Warnings])
            : reading.ToString();
        Assert.Equal(outcome, shown);
    }
}
