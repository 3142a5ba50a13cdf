namespace Clinic.Contracts.Absences;

/// <summary>An absence is off file: deleted, or no longer to be understood. May name an absence that was never recorded.</summary>
/// <param name="AbsenceId">Identity of the absence.</param>
public sealed record AbsenceWithdrawn(long AbsenceId)
{
    /// <summary>Wire name.</summary>
    public const string Type = "clinic.absence.withdrawn.v1";
}
