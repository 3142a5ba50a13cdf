using Clinic.Contracts.Absences;

namespace Clinic.Absenteeism.Absences;

/// <summary>What this service keeps of an absence: enough to count and list it, nothing of who certified it.</summary>
/// <param name="AbsenceId">Which.</param>
/// <param name="PatientId">Who was absent.</param>
/// <param name="CompanyId">The employer; null when unknown.</param>
/// <param name="StartsOn">First day.</param>
/// <param name="EndsOn">Last day.</param>
/// <param name="Cid">ICD-10 code; null when none is known.</param>
/// <param name="Chapter">ICD-10 chapter in Roman numerals; null when no diagnosis is known, or one that belongs to none.</param>
/// <param name="WorkAccident">Whether it was an accident at work; null when unknown.</param>
/// <param name="CatNumber">Number of the notice of the accident (CAT); null when there is none.</param>
internal sealed record Absence(
    long AbsenceId,
    long PatientId,
    long? CompanyId,
    DateOnly StartsOn,
    DateOnly EndsOn,
    string? Cid,
    string? Chapter,
    bool? WorkAccident,
    string? CatNumber)
{
    /// <summary>Length, first and last day included.</summary>
    public int Days => EndsOn.DayNumber - StartsOn.DayNumber + 1;

    public static Absence From(AbsenceState state) => new(
        state.AbsenceId,
        state.PatientId,
        state.CompanyId,
        state.StartsOn,
        state.EndsOn,
        state.Cid,
        state.Chapter == AbsenceState.OtherChapter ? null : state.Chapter,
        state.WorkAccident,
        state.CatNumber);
}
