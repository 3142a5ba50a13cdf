using System.Globalization;
using Clinic.AntiCorruption.Readings;

namespace Clinic.AntiCorruption.Tests.Readings;

public sealed class LocalTimeReadingTests
{
    [Theory]
    [InlineData("25/07/2015 10:30", "SP", null, "2015-07-25 10:30:00 -03:00")]
    [InlineData("25/07/2015 10:30", "AM", null, "2015-07-25 10:30:00 -04:00")]
    [InlineData("25/07/2015 10:30", "AC", null, "2015-07-25 10:30:00 -05:00")]
    [InlineData("25/07/2015 10:30", " ac", "", "2015-07-25 10:30:00 -05:00")]
    [InlineData("15/01/2015 10:30", "SP", null, "2015-01-15 10:30:00 -02:00")] // summer time
    [InlineData("15/01/2015 10:30", "BA", null, "2015-01-15 10:30:00 -03:00")] // no summer time there
    [InlineData("15/01/2015 10:30", "SP", "-3", "2015-01-15 10:30:00 -03:00")] // the branch's own offset wins
    [InlineData("2015-07-25T10:30:15", "SP", null, "2015-07-25 10:30:15 -03:00")]
    [InlineData("25/7/15 9:05", "SP", null, "2015-07-25 09:05:00 -03:00 !two-digit-year")]
    [InlineData("19/10/2014 00:30", "SP", null, "2014-10-19 01:30:00 -02:00 !nonexistent-moved-forward")]
    [InlineData("19/10/2014 00:00", "SP", null, "2014-10-19 01:00:00 -02:00 !nonexistent-moved-forward")]
    [InlineData("19/10/2014 01:00", "SP", null, "2014-10-19 01:00:00 -02:00")]
    [InlineData("21/02/2015 23:30", "SP", null, "2015-02-21 23:30:00 -02:00 !doubled-first-taken")]
    [InlineData("22/02/2015 00:00", "SP", null, "2015-02-22 00:00:00 -03:00")]
    [InlineData("19/10/2014 00:30", "AC", null, "2014-10-19 00:30:00 -05:00")] // no jump there
    [InlineData("25/07/2015", "SP", null, "unknown !no-time")]
    [InlineData("25/07/2015 25:00", "SP", null, "unknown !no-time")]
    [InlineData("25/07/2015 10:30", null, null, "unknown !no-zone")]
    [InlineData("25/07/2015 10:30", "XX", "Brasilia", "unknown !no-zone")]
    [InlineData("31/02/2015 10:30", "SP", null, "unknown !impossible")]
    [InlineData("", "SP", null, "missing")]
    [InlineData(null, "SP", null, "missing")]
    public void X3_a_clock_time_is_an_instant_in_the_branch_s_zone(string? text, string? state, string? offset, string outcome)
    {
        var reading = LocalTimeReading.Read(text, BranchZone.Read(state, offset));

        var shown = reading.IsKnown
            ? string.Join(" !", [reading.Value.ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture), .. reading.Warnings])
            : reading.ToString();
        Assert.Equal(outcome, shown);
    }

    [Theory]
    [InlineData("2015-07-26T02:59:59Z", "2015-07-25")]
    [InlineData("2015-07-26T03:00:00Z", "2015-07-26")]
    [InlineData("2015-01-15T01:59:59Z", "2015-01-14")] // summer time
    [InlineData("2015-01-15T02:00:00Z", "2015-01-15")]
    [InlineData("2026-01-15T02:59:59Z", "2026-01-14")] // summer time was abolished in 2019
    public void The_clinic_s_day_is_S_o_Paulo_s(string instant, string day) =>
        Assert.Equal(day, BranchZone.ClinicDay(DateTimeOffset.Parse(instant, CultureInfo.InvariantCulture)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
}
