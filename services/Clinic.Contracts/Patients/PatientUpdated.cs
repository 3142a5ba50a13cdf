using System.Diagnostics.CodeAnalysis;

namespace Clinic.Contracts.Patients;

/// <summary>Something known of a patient on file changed. Carries everything, not only the difference.</summary>
public sealed record PatientUpdated : PatientState
{
    /// <summary>Wire name.</summary>
    public const string Type = "clinic.patient.updated.v1";

    /// <summary>For deserialisation and object initialisers.</summary>
    public PatientUpdated()
    {
    }

    /// <param name="state">What is known of the patient.</param>
    [SetsRequiredMembers]
    public PatientUpdated(PatientState state)
        : base(state)
    {
    }
}
