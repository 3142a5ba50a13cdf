using Clinic.AntiCorruption.Readings;

namespace Clinic.AntiCorruption.Tests.Readings;

public sealed class WorkAccidentReadingTests
{
    [Theory]
    [InlineData("S", "yes - !no-number")] // CAT without its number
    [InlineData("s", "yes - !no-number")]
    [InlineData("SIM", "yes - !no-number")]
    [InlineData("T", "yes - !no-number")]
    [InlineData("on", "yes - !no-number")]
    [InlineData("1", "yes - !no-number")]
    [InlineData("2015123456", "yes 2015123456")]
    [InlineData(" 2015.123.456/01 ", "yes 2015.123.456/01")]
    [InlineData("12", "yes 12")]
    [InlineData("N", "no -")]
    [InlineData("NÃO", "no -")]
    [InlineData("F", "no -")]
    [InlineData("0", "no -")]
    [InlineData(null, "missing")]
    [InlineData("", "missing")]
    [InlineData("2", "unknown !unreadable")]
    [InlineData("talvez", "unknown !unreadable")]
    public void X16_a_notice_is_a_yes_a_no_or_its_number_and_nothing_is_unknown(string? text, string outcome)
    {
        var reading = WorkAccidentReading.Read(text);

        var shown = reading.IsKnown
            ? string.Join(" !", [$"{(reading.Value.Happened == true ? "yes" : "no")} {reading.Value.CatNumber ?? "-"}", .. reading.Warnings])
            : reading.ToString();
        Assert.Equal(outcome, shown);
    }
}
