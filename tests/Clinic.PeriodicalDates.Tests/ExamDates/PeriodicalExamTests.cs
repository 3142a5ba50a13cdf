using System.Globalization;
using Clinic.PeriodicalDates.ExamDates;

namespace Clinic.PeriodicalDates.Tests.ExamDates;

public sealed class PeriodicalExamTests
{
    [Theory]
    [InlineData(int.MinValue, "Overdue")]
    [InlineData(-1, "Overdue")]
    [InlineData(0, "DueSoon")]
    [InlineData(30, "DueSoon")]
    [InlineData(31, "UpToDate")]
    [InlineData(int.MaxValue, "UpToDate")]
    public void Status_follows_from_the_days_that_were_reported(int days, string status) =>
        Assert.Equal(status, PeriodicalExam.StatusAfter(days).ToString());

    [Theory]
    [InlineData("2024-02-28", 1, "2024-02-29")]
    [InlineData("2015-07-25", -5, "2015-07-20")]
    [InlineData("9999-12-31", 1, null)]
    [InlineData("0001-01-01", -1, null)]
    [InlineData("2015-07-25", int.MaxValue, null)]
    [InlineData("2015-07-25", int.MinValue, null)]
    public void Due_date_is_so_many_days_after_and_none_beyond_the_calendar(string asOf, int days, string? due) =>
        Assert.Equal(due is null ? null : Day(due), PeriodicalExam.DueAfter(Day(asOf), days));

    private static DateOnly Day(string text) => DateOnly.Parse(text, CultureInfo.InvariantCulture);
}
