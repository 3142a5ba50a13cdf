namespace Clinic.Contracts.PeriodicalDates;

/// <summary>
/// What was said about the periodical exam of a patient no longer holds: there is no due date any more, or it cannot be understood.
/// May name a patient of whom nothing was said before.
/// </summary>
/// <param name="PatientId">Identity of the patient.</param>
public sealed record ExamDateWithdrawn(long PatientId)
{
    /// <summary>Wire name.</summary>
    public const string Type = "clinic.periodical.exam-date-withdrawn.v1";
}
