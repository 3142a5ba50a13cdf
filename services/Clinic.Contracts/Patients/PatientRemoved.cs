namespace Clinic.Contracts.Patients;

/// <summary>A patient is off file. A later <see cref="PatientRegistered"/> takes it back. May name a patient that was never registered.</summary>
/// <param name="PatientId">Identity of the patient.</param>
/// <param name="RemovedAt">The day it happened; null when unknown.</param>
/// <param name="Reason">One of <see cref="RemovalReason"/>.</param>
public sealed record PatientRemoved(long PatientId, DateOnly? RemovedAt, string Reason)
{
    /// <summary>Wire name.</summary>
    public const string Type = "clinic.patient.removed.v1";
}
