using Clinic.AntiCorruption.Readings;

namespace Clinic.AntiCorruption.Tests.Readings;

public sealed class StrictIntegerTests
{
    [Theory]
    [InlineData("30", "30")]
    [InlineData("-5", "-5")]
    [InlineData("0", "0")]
    [InlineData("-0", "0")]
    [InlineData("007", "7")]
    [InlineData("2147483647", "2147483647")]
    [InlineData("-2147483648", "-2147483648")]
    [InlineData("2147483648", "unknown !overflow")]
    [InlineData("99999999999999999999", "unknown !overflow")]
    [InlineData("30.0", "unknown !not-an-integer")]
    [InlineData("30 dias", "unknown !not-an-integer")]
    [InlineData("VENCIDO", "unknown !not-an-integer")]
    [InlineData("N/A", "unknown !not-an-integer")]
    [InlineData("true", "unknown !not-an-integer")]
    [InlineData(" 30", "unknown !not-an-integer")]
    [InlineData("30\n", "unknown !not-an-integer")]
    [InlineData("+30", "unknown !not-an-integer")]
    [InlineData("-", "unknown !not-an-integer")]
    [InlineData("--5", "unknown !not-an-integer")]
    [InlineData("٣٠", "unknown !not-an-integer")]
    [InlineData("1e2", "unknown !not-an-integer")]
    [InlineData("", "missing")]
    [InlineData(null, "missing")]
    public void X10_a_number_is_a_minus_and_digits_and_nothing_else(string? text, string outcome) =>
        Assert.Equal(outcome, StrictInteger.Read(text).ToString());
}
