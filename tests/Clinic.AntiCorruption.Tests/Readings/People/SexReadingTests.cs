using Clinic.AntiCorruption.Readings;

namespace Clinic.AntiCorruption.Tests.Readings;

public sealed class SexReadingTests
{
    [Theory]
    [InlineData("M", 5000, "male")]
    [InlineData("F", 5000, "female")]
    [InlineData("Masculino", 5000, "male")]
    [InlineData("Feminino", 5000, "female")]
    [InlineData(" f ", 5000, "female")]
    [InlineData("0", 200, "male")]
    [InlineData("1", 200, "female")]
    [InlineData("0", 201, "female")]
    [InlineData("1", 201, "male")]
    [InlineData(null, 5000, "missing")]
    [InlineData("", 5000, "missing")]
    [InlineData("2", 5000, "unknown !unknown-code")]
    [InlineData("X", 5000, "unknown !unknown-code")]
    public void X5_a_digit_means_what_it_meant_when_the_row_was_written(string? text, long patientId, string outcome) =>
        Assert.Equal(outcome, SexReading.Read(text, patientId).ToString());
}
