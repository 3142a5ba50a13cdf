namespace Clinic.Absenteeism.Reports;

/// <summary>Absences that have something in common, counted.</summary>
internal sealed class Tally
{
    public int Absences { get; private set; }

    public int Days { get; private set; }

    /// <summary>Those of <see cref="Absences"/> that have no number of a work accident.</summary>
    public int WithoutCatNumber { get; private set; }

    public void AddAbsence(bool hasCatNumber)
    {
        Absences++;
        if (!hasCatNumber) WithoutCatNumber++;
    }

    public void AddDays(int days) => Days += days;

    public void Add(Tally other)
    {
        Absences += other.Absences;
        Days += other.Days;
        WithoutCatNumber += other.WithoutCatNumber;
    }
}
