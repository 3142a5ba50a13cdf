namespace Clinic.PeriodicalDates.ExamDates;

/// <summary>Where a patient stands with the periodical exam. Knows no database, no message and no clock.</summary>
/// <param name="PatientId">Who.</param>
/// <param name="LastExamDate">Day of the last periodical exam.</param>
/// <param name="ExpirationDays">Days until the next one is due as last reported; negative when overdue. Screens show this number, not a difference from today.</param>
/// <param name="DueOn">The day the next one is due; null when that is beyond the calendar.</param>
internal sealed record PeriodicalExam(long PatientId, DateOnly LastExamDate, int ExpirationDays, DateOnly? DueOn)
{
    /// <summary>How many days ahead count as "due soon".</summary>
    public const int DueSoonDays = 30;

    public static ExamStatus StatusAfter(int expirationDays) => expirationDays switch
    {
        < 0 => ExamStatus.Overdue,
        <= DueSoonDays => ExamStatus.DueSoon,
        _ => ExamStatus.UpToDate,
    };

    /// <summary>The day that lies so many days after another; null when that is beyond the calendar.</summary>
    public static DateOnly? DueAfter(DateOnly asOf, int expirationDays)
    {
        var due = asOf.DayNumber + (long)expirationDays;
        return due >= DateOnly.MinValue.DayNumber && due <= DateOnly.MaxValue.DayNumber ? DateOnly.FromDayNumber((int)due) : null;
    }
}

internal enum ExamStatus
{
    Overdue,
    DueSoon,
    UpToDate,
}
