using Clinic.Absenteeism.Absences;

namespace Clinic.Absenteeism.Reports;

/// <summary>
/// Absences of a period, counted. A day on which a patient has several certificates counts once, for the certificate that began first
/// (then the lower number). A period cuts days off an absence, never the absence in two.
/// </summary>
internal sealed class AbsenceReport
{
    private readonly Dictionary<int, Tally> chapters = [];
    private readonly SortedDictionary<DateOnly, Tally> months = [];
    private readonly List<Absence> absences = [];

    private AbsenceReport()
    {
    }

    public Tally Total { get; } = new();

    public int Patients { get; private set; }

    /// <summary>By number of the ICD-10 chapter; 0 for absences that belong to none.</summary>
    public IReadOnlyDictionary<int, Tally> Chapters => chapters;

    /// <summary>By first day of the month, in order: an absence counts in the month in which it begins, a day in its own.</summary>
    public IReadOnlyDictionary<DateOnly, Tally> Months => months;

    /// <summary>The newest first.</summary>
    public IReadOnlyList<Absence> Absences => absences;

    public static AbsenceReport Of(IEnumerable<Absence> all, Period period)
    {
        var report = new AbsenceReport();
        foreach (var patient in all.GroupBy(absence => absence.PatientId)) report.AddPatient(patient, period);
        report.absences.Sort((left, right) => (right.StartsOn, right.AbsenceId).CompareTo((left.StartsOn, left.AbsenceId)));
        return report;
    }

    private void AddPatient(IEnumerable<Absence> ofOnePatient, Period period)
    {
        var before = absences.Count;
        var covered = DateOnly.MinValue;
        foreach (var absence in ofOnePatient.OrderBy(absence => absence.StartsOn).ThenBy(absence => absence.AbsenceId))
        {
            var firstNewDay = absence.StartsOn > covered ? absence.StartsOn : covered.AddDays(1);
            if (absence.EndsOn > covered) covered = absence.EndsOn;
            if (period.Touches(absence.StartsOn, absence.EndsOn)) Add(absence, firstNewDay, period);
        }

        if (absences.Count > before) Patients++;
    }

    private void Add(Absence absence, DateOnly firstNewDay, Period period)
    {
        absences.Add(absence);
        var chapter = Of(chapters, IcdChapter.NumberOf(absence.Chapter));
        foreach (var tally in (Tally[])[Total, chapter, Of(months, MonthOf(period.NotBefore(absence.StartsOn)))])
        {
            tally.AddAbsence(hasCatNumber: absence.CatNumber is not null);
        }

        var last = period.NotAfter(absence.EndsOn);
        for (var day = period.NotBefore(firstNewDay); day <= last; day = MonthOf(day).AddMonths(1))
        {
            var endOfMonth = MonthOf(day).AddMonths(1).AddDays(-1);
            var days = (last < endOfMonth ? last : endOfMonth).DayNumber - day.DayNumber + 1;
            foreach (var tally in (Tally[])[Total, chapter, Of(months, MonthOf(day))]) tally.AddDays(days);
        }
    }

    private static DateOnly MonthOf(DateOnly day) => new(day.Year, day.Month, 1);

    private static Tally Of<TKey>(IDictionary<TKey, Tally> tallies, TKey key)
        where TKey : notnull
    {
        if (!tallies.TryGetValue(key, out var tally)) tallies.Add(key, tally = new());
        return tally;
    }
}
