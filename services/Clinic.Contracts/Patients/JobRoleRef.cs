namespace Clinic.Contracts.Patients;

/// <summary>The work that a patient does.</summary>
/// <param name="JobRoleId">Identity of the job role.</param>
public sealed record JobRoleRef(long JobRoleId);
