using Clinic.AntiCorruption.Readings;

namespace Clinic.AntiCorruption.Tests.Readings;

public sealed class DateReadingTests
{
    [Theory]
    [InlineData("25/07/2015", "2015-07-25")]
    [InlineData("2015-07-25", "2015-07-25")]
    [InlineData("2015/7/25", "2015-07-25")]
    [InlineData("25/7/15", "2015-07-25 !two-digit-year")]
    [InlineData("25/7/29", "2029-07-25 !two-digit-year")]
    [InlineData("25/7/30", "1930-07-25 !two-digit-year")]
    [InlineData("25/7/00", "2000-07-25 !two-digit-year")]
    [InlineData("25-07-2015", "2015-07-25")]
    [InlineData("25.07.2015", "2015-07-25")]
    [InlineData("25072015", "2015-07-25")]
    [InlineData("07/25/2015", "2015-07-25 !month-first")]
    [InlineData("07252015", "2015-07-25 !month-first")]
    [InlineData("7/25/15", "2015-07-25 !two-digit-year !month-first")]
    [InlineData("03/04/2015", "2015-04-03")] // ambiguous: day first
    [InlineData("29/02/2016", "2016-02-29")]
    [InlineData("42210", "2015-07-25 !serial-number")]
    [InlineData("25/07/2015 00:00:00", "2015-07-25")]
    [InlineData("25/07/2015 9:30", "2015-07-25")]
    [InlineData("2015-07-25T09:30:00.000", "2015-07-25")]
    [InlineData("  25/07/2015 ", "2015-07-25")]
    [InlineData("01/01/1900", "unknown !sentinel")]
    [InlineData("1900-01-01", "unknown !sentinel")]
    [InlineData("31/12/9999", "unknown !sentinel")]
    [InlineData("9999-12-31", "unknown !sentinel")]
    [InlineData("00/00/0000", "unknown !sentinel")]
    [InlineData("0000-00-00", "unknown !sentinel")]
    [InlineData("31/02/1980", "unknown !impossible")]
    [InlineData("29/02/2015", "unknown !impossible")]
    [InlineData("2015-02-30", "unknown !impossible")]
    [InlineData("25/07/0000", "unknown !impossible")]
    [InlineData("25/07/0215", "unknown !out-of-range")]
    [InlineData("25/07/2115", "unknown !out-of-range")]
    [InlineData("99999", "unknown !out-of-range")]
    [InlineData("25/07-2015", "unknown !unreadable")]
    [InlineData("25/07/15 10h", "unknown !unreadable")]
    [InlineData("25/07/201", "unknown !unreadable")]
    [InlineData("JULHO/2015", "unknown !unreadable")]
    [InlineData("2015", "unknown !unreadable")]
    [InlineData("٢٥/٠٧/٢٠١٥", "unknown !unreadable")]
    [InlineData("", "missing")]
    [InlineData("   ", "missing")]
    [InlineData(null, "missing")]
    public void X2_a_day_is_read_in_every_spelling_and_never_invented(string? text, string outcome) =>
        Assert.Equal(outcome, DateReading.Read(text).ToString());

    [Theory]
    [InlineData("19/06/2015", "2015-06-19")]
    [InlineData("20/06/2015", "unknown !in-future")]
    [InlineData("20/06/1915", "1915-06-20")]
    [InlineData("31/02/1980", "unknown !impossible")]
    public void X2_nobody_is_born_in_the_future(string text, string outcome) =>
        Assert.Equal(outcome, DateReading.ReadBirth(text, asOf: new(2015, 6, 19)).ToString());

    [Theory]
    [InlineData("25/07/2015", "01/02/1980", "2015-07-25")]
    [InlineData("31/01/1980", "01/02/1980", "1980-01-31 !before-birth")]
    [InlineData("31/01/80", "01/02/1980", "1980-01-31 !two-digit-year !before-birth")]
    [InlineData("31/01/1980", "", "1980-01-31")]
    [InlineData("", "01/02/1980", "missing")]
    public void X2_an_exam_before_the_birth_is_kept_with_a_warning(string exam, string birth, string outcome) =>
        Assert.Equal(outcome, DateReading.ReadExam(exam, DateReading.Read(birth)).ToString());
}
