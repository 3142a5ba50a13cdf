using Clinic.AntiCorruption.Readings;

namespace Clinic.AntiCorruption.Tests.Readings;

public sealed class AbsencePeriodTests
{
    [Theory]
    [InlineData("20/07/2015", "22/07/2015", "3", "2015-07-20..2015-07-22 3")]
    [InlineData("20/07/2015", "22/07/2015", null, "2015-07-20..2015-07-22 3")]
    [InlineData("20/07/2015", "20/07/2015", "1", "2015-07-20..2015-07-20 1")]
    [InlineData("20/07/2015", "24/07/2015", "3", "2015-07-20..2015-07-24 5 !days.differ-from-dates")] // days say 3, dates say 5
    [InlineData("20/07/2015", null, "3", "2015-07-20..2015-07-22 3 !ends_on.from-days")]
    [InlineData("20/07/2015", "00/00/0000", "3", "2015-07-20..2015-07-22 3 !ends_on.sentinel !ends_on.from-days")]
    [InlineData("20/7/15", "22/07/2015", "3", "2015-07-20..2015-07-22 3 !starts_on.two-digit-year")]
    [InlineData("01/07/2015", "15/07/2015", "15", "2015-07-01..2015-07-15 15")]
    [InlineData("01/07/2015", "16/07/2015", "16", "2015-07-01..2015-07-16 16 !days.over-15")]
    [InlineData("20/07/2015", null, "999", "2015-07-20..2018-04-13 999 !ends_on.from-days !days.over-15")]
    [InlineData("22/07/2015", "20/07/2015", "3", "refused X16.end-before-start: fim is before inicio")]
    [InlineData("20/07/2015", "", null, "refused X16.open-end: fim is no date and dias is no number")]
    [InlineData("20/07/2015", "??", "tres", "refused X16.open-end: fim is no date and dias is no number")]
    [InlineData("", "22/07/2015", "3", "refused X16.no-start: inicio is empty or no date")]
    [InlineData("31/02/2015", "22/07/2015", "3", "refused X16.no-start: inicio is empty or no date")]
    [InlineData("20/07/2015", null, "0", "refused X16.days-out-of-range: 0 days from inicio, fim and dias; an absence has 1 to 999")]
    [InlineData("20/07/2015", null, "-2", "refused X16.days-out-of-range: -2 days from inicio, fim and dias; an absence has 1 to 999")]
    [InlineData("20/07/1915", "20/07/2015", "1", "refused X16.days-out-of-range: 36526 days from inicio, fim and dias; an absence has 1 to 999")]
    public void X16_dates_decide_and_days_stand_in_for_a_missing_end(string? start, string? end, string? days, string outcome)
    {
        var reading = AbsencePeriod.Read(new(start, end, days));

        var shown = reading.IsKnown
            ? string.Join(" !", [$"{reading.Value.StartsOn:yyyy-MM-dd}..{reading.Value.EndsOn:yyyy-MM-dd} {reading.Value.Days}", .. reading.Warnings])
            : reading.ToString();
        Assert.Equal(outcome, shown);
    }

    [Theory]
    [InlineData("4 HORAS", true)]
    [InlineData("4h", true)]
    [InlineData(" 2 hs ", true)]
    [InlineData("8 Hora", true)]
    [InlineData("3 DIAS", false)]
    [InlineData("3", false)]
    [InlineData("HORAS", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void X16_a_certificate_of_hours_is_no_absence(string? daysInWords, bool isInHours) =>
        Assert.Equal(isInHours, AbsencePeriod.IsInHours(daysInWords));
}
