namespace Clinic.Contracts.Patients;

/// <summary>
/// All that is known of a patient: one row of one person with one employer. Registered and updated messages carry it whole, so that the
/// newest message alone is enough to rebuild the patient.
/// </summary>
public record PatientState
{
    /// <summary>Identity of the patient.</summary>
    public required long PatientId { get; init; }

    /// <summary>Opaque key, equal for all patients that are the same person (one person is a patient once per employer). Never shown, never parsed.</summary>
    public required string PersonKey { get; init; }

    /// <summary>Full name, repaired, in mixed case; never empty. Screens show it upper-case (invariant).</summary>
    public required string Name { get; init; }

    /// <summary>Date of birth; null when unknown.</summary>
    public required DateOnly? BirthDate { get; init; }

    /// <summary>One of <see cref="Patients.Sex"/>.</summary>
    public required string Sex { get; init; }

    /// <summary>The taxpayer number, 11 digits without punctuation; null when there is none to speak of. See <see cref="CpfStatus"/> before trusting it.</summary>
    public required string? Cpf { get; init; }

    /// <summary>One of <see cref="Patients.CpfStatus"/>.</summary>
    public required string CpfStatus { get; init; }

    /// <summary>The employer; null when nothing of it is known.</summary>
    public required CompanyRef? CompanyRef { get; init; }

    /// <summary>The work done for the employer; null when unknown.</summary>
    public required JobRoleRef? JobRole { get; init; }

    /// <summary>Where the patient works in the company, the main sector first; empty when unknown.</summary>
    public required IReadOnlyList<SectorRef> Sectors { get; init; }

    /// <summary>False for a patient who left the employer but stays on file.</summary>
    public required bool Active { get; init; }
}
