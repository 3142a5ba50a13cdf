namespace Clinic.Contracts.PeriodicalDates;

/// <summary>The same fact as <see cref="ExamDateChangedV1"/>, of which every change sends a copy, anchored so that a late or replayed message means the same day.</summary>
/// <param name="PatientId">Identity of the patient.</param>
/// <param name="LastExamDate">Day of the last periodical exam.</param>
/// <param name="ExpirationDays">Days from <paramref name="AsOf"/> until the next exam is due; negative when overdue.</param>
/// <param name="AsOf">The day that the days count from, in the clinic's own zone (São Paulo).</param>
/// <param name="DueOn">The day the next exam is due: <paramref name="AsOf"/> plus the days; null when that is beyond the calendar (years 1 to 9999).</param>
public sealed record ExamDateChangedV2(long PatientId, DateOnly LastExamDate, int ExpirationDays, DateOnly AsOf, DateOnly? DueOn)
{
    /// <summary>Wire name.</summary>
    public const string Type = "clinic.periodical.exam-date-changed.v2";
}
