namespace Clinic.Contracts.PeriodicalDates;

/// <summary>
/// The last periodical exam of a patient, or the time left until the next one, changed. Exactly three fields. The days count from when the message
/// happened (the envelope's time), never from when it arrives; <see cref="ExamDateChangedV2"/> says so in its body.
/// </summary>
/// <param name="PatientId">Identity of the patient.</param>
/// <param name="LastExamDate">Day of the last periodical exam.</param>
/// <param name="ExpirationDays">Days from the envelope's time until the next exam is due; negative when overdue.</param>
public sealed record ExamDateChangedV1(long PatientId, DateOnly LastExamDate, int ExpirationDays)
{
    /// <summary>Wire name.</summary>
    public const string Type = "clinic.periodical.exam-date-changed.v1";
}
