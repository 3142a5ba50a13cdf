using Clinic.Absenteeism.Absences;
using Clinic.Absenteeism.Reports;
using Clinic.Absenteeism.Tests.Running;

namespace Clinic.Absenteeism.Tests.Reports;

public sealed class AbsenceReportTests
{
    private static readonly Period Always = new(null, null);

    [Fact]
    public void Day_with_several_certificates_counts_once_for_the_one_that_began_first()
    {
        var report = AbsenceReport.Of(
            [Absence(2, "2015-01-03", "2015-01-06", "X"), Absence(1, "2015-01-01", "2015-01-04", "XIII"), Absence(3, "2015-01-02", "2015-01-03", "V")],
            Always);

        Assert.Equal((3, 6, 1), (report.Total.Absences, report.Total.Days, report.Patients));
        Assert.Equal([("V", 1, 0), ("X", 1, 2), ("XIII", 1, 4)], Chapters(report));
    }

    [Fact]
    public void Certificates_that_begin_together_count_for_the_lower_number()
    {
        var report = AbsenceReport.Of([Absence(2, "2015-01-01", "2015-01-05", "X"), Absence(1, "2015-01-01", "2015-01-02", "XIII")], Always);

        Assert.Equal([("X", 1, 3), ("XIII", 1, 2)], Chapters(report));
    }

    [Fact]
    public void Days_of_different_patients_are_different_days()
    {
        var report = AbsenceReport.Of([Absence(1, "2015-01-01", "2015-01-02"), Absence(2, "2015-01-01", "2015-01-02", patient: 2)], Always);

        Assert.Equal((2, 4, 2), (report.Total.Absences, report.Total.Days, report.Patients));
    }

    [Fact]
    public void Absence_counts_in_the_month_in_which_it_begins_and_its_days_in_their_own()
    {
        var report = AbsenceReport.Of([Absence(1, "2015-12-30", "2016-02-02")], Always);

        Assert.Equal([("2015-12-01", 1, 2), ("2016-01-01", 0, 31), ("2016-02-01", 0, 2)], Months(report));
    }

    [Fact]
    public void Period_cuts_days_but_counts_the_whole_absence()
    {
        var absences = (Absence[])[Absence(1, "2015-01-30", "2015-02-03"), Absence(2, "2015-03-01", "2015-03-01"), Absence(3, "2015-01-01", "2015-01-31")];

        var report = AbsenceReport.Of(absences, new Period(Days.Of("2015-02-02"), Days.Of("2015-02-28")));

        Assert.Equal((1, 2, 1), (report.Total.Absences, report.Total.Days, report.Patients));
        Assert.Equal([("2015-02-01", 1, 2)], Months(report));
    }

    [Fact]
    public void Absence_before_the_period_keeps_the_days_that_it_covers()
    {
        var report = AbsenceReport.Of(
            [Absence(1, "2015-01-01", "2015-01-31", "X"), Absence(2, "2015-01-20", "2015-02-02", "V")],
            new Period(Days.Of("2015-02-01"), null));

        Assert.Equal([("V", 1, 2)], Chapters(report));
    }

    [Fact]
    public void Period_that_ends_before_it_begins_has_no_days()
    {
        var report = AbsenceReport.Of([Absence(1, "2015-01-01", "2015-12-31")], new Period(Days.Of("2015-07-01"), Days.Of("2015-03-01")));

        Assert.Equal((1, 0), (report.Total.Absences, report.Total.Days));
    }

    [Fact]
    public void Absences_are_listed_newest_first_then_by_higher_number()
    {
        var report = AbsenceReport.Of([Absence(1, "2015-01-01", "2015-01-01"), Absence(2, "2015-01-02", "2015-01-02"), Absence(3, "2015-01-01", "2015-01-09", patient: 2)], Always);

        Assert.Equal([2, 3, 1], report.Absences.Select(absence => absence.AbsenceId));
    }

    [Fact]
    public void Eight_chapters_with_most_days_are_ranked_and_one_tail_has_the_others_and_the_unknown()
    {
        string?[] numerals = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", null];
        var absences = numerals.Select((numeral, index) => Absence(index + 1, "2015-01-01", $"2015-01-{11 + index}", numeral, patient: index + 1)).ToList();
        absences.Add(Absence(99, "2015-03-01", "2015-03-01", "VIII", patient: 99));

        var ranking = ChapterRanking.Of(AbsenceReport.Of(absences, Always));

        Assert.Equal(
            [("X", 20), ("VIII", 19), ("IX", 19), ("VII", 17), ("VI", 16), ("V", 15), ("IV", 14), ("III", 13), (null, 44)],
            ranking.Select(line => (IcdChapter.NumeralOf(line.Chapter), line.Tally.Days)));
    }

    [Fact]
    public void Tail_is_there_also_when_it_is_empty() => Assert.Equal(
        [(IcdChapter.Other, 0)],
        ChapterRanking.Of(AbsenceReport.Of([], Always)).Select(line => (line.Chapter, line.Tally.Absences)));

    [Theory]
    [InlineData("I", 1)]
    [InlineData("XXII", 22)]
    [InlineData("XXIII", 0)]
    [InlineData("other", 0)]
    [InlineData(null, 0)]
    public void Chapter_has_the_number_of_its_numeral(string? numeral, int number) => Assert.Equal(number, IcdChapter.NumberOf(numeral));

    private static Absence Absence(long id, string first, string last, string? chapter = "XIII", long patient = 1) =>
        new(id, patient, 7, Days.Of(first), Days.Of(last), "M54", chapter, WorkAccident: null, CatNumber: null);

    private static IEnumerable<(string?, int, int)> Chapters(AbsenceReport report) =>
        report.Chapters.OrderBy(chapter => chapter.Key).Select(chapter => (IcdChapter.NumeralOf(chapter.Key), chapter.Value.Absences, chapter.Value.Days));

    private static IEnumerable<(string, int, int)> Months(AbsenceReport report) =>
        report.Months.Select(month => ($"{month.Key:yyyy-MM-dd}", month.Value.Absences, month.Value.Days));
}
