namespace Clinic.Contracts.Patients;

/// <summary>
/// Patients turned out to be another patient written down twice: they are off file, and their history belongs to the surviving one.
/// Sent under the key of the merged patient. The surviving one may itself be merged later (follow the chain, and stop at an id seen
/// before); a <see cref="PatientRegistered"/> of a merged patient takes the merge back.
/// </summary>
/// <param name="SurvivingId">The patient that stays.</param>
/// <param name="MergedIds">The patients that are no more; at least one.</param>
public sealed record PatientMerged(long SurvivingId, IReadOnlyList<long> MergedIds)
{
    /// <summary>Wire name.</summary>
    public const string Type = "clinic.patient.merged.v1";
}
