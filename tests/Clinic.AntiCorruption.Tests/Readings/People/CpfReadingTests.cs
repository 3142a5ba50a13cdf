using Clinic.AntiCorruption.Readings;

namespace Clinic.AntiCorruption.Tests.Readings;

public sealed class CpfReadingTests
{
    [Theory]
    [InlineData("529.982.247-25", "52998224725 valid")]
    [InlineData("52998224725", "52998224725 valid")]
    [InlineData(" 529982247/25", "52998224725 valid")]
    [InlineData("529 982 247 25", "52998224725 valid")]
    [InlineData("52998224724", "52998224724 invalid !check-digits")]
    [InlineData("52998224715", "52998224715 invalid !check-digits")]
    [InlineData("11126", "00000011126 valid !zeros-restored")]
    [InlineData("11111", "00000011111 invalid !zeros-restored !check-digits")]
    [InlineData("000.000.000-00", "00000000000 invalid !repeated-digit")]
    [InlineData("0", "00000000000 invalid !zeros-restored !repeated-digit")]
    [InlineData("11111111111", "11111111111 invalid !repeated-digit")]
    [InlineData("99999999999", "99999999999 invalid !repeated-digit")]
    [InlineData("5299822472X", "- invalid !not-a-number")]
    [InlineData("ABC", "- invalid !not-a-number")]
    [InlineData("---", "- invalid !not-a-number")]
    [InlineData("٥٢٩٩٨٢٢٤٧٢٥", "- invalid !not-a-number")]
    [InlineData("11.222.333/0001-81", "- invalid !company-number")]
    [InlineData("11222333000181", "- invalid !company-number")]
    [InlineData("529982247250", "- invalid !too-long")]
    [InlineData("", "- missing")]
    [InlineData(null, "- missing")]
    [InlineData("   ", "- missing")]
    [InlineData("ISENTO", "- missing")]
    [InlineData("isento ", "- missing")]
    [InlineData("NAO TEM", "- missing")]
    [InlineData("Não tem", "- missing")]
    [InlineData("ESTRANGEIRO", "- foreign")]
    [InlineData("estrangeira", "- foreign")]
    public void X1_a_cpf_is_valid_invalid_missing_or_foreign(string? text, string outcome)
    {
        var reading = CpfReading.Read(text);

        Assert.Equal(outcome, string.Join(" !", [$"{reading.Value.Digits ?? "-"} {reading.Value.Status}", .. reading.Warnings]));
    }
}
