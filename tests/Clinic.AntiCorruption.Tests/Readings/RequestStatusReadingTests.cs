using Clinic.AntiCorruption.Readings;

namespace Clinic.AntiCorruption.Tests.Readings;

public sealed class RequestStatusReadingTests
{
    [Theory]
    [InlineData("A", "Open")]
    [InlineData("P", "Open")]
    [InlineData("", "Open")]
    [InlineData(null, "Open")]
    [InlineData("0", "Open")]
    [InlineData("1", "Open")]
    [InlineData("2", "Open")]
    [InlineData("F", "Finished")]
    [InlineData("3", "Finished")]
    [InlineData("C", "Cancelled")]
    [InlineData(" c", "Cancelled")]
    [InlineData("4", "Cancelled")]
    [InlineData("5", "Cancelled")]
    [InlineData("6", "refused X4.unknown-request-status: status is '6', a code that nobody explained")]
    [InlineData("X", "refused X4.unknown-request-status: status is 'X', a code that nobody explained")]
    public void X4_letters_and_the_newer_numbers_of_an_exam_request(string? text, string outcome) =>
        Assert.Equal(outcome, RequestStatusReading.Read(text).ToString());
}
