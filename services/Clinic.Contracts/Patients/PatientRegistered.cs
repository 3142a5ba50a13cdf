using System.Diagnostics.CodeAnalysis;

namespace Clinic.Contracts.Patients;

/// <summary>A patient is on file: for the first time, or again after having been removed or merged.</summary>
public sealed record PatientRegistered : PatientState
{
    /// <summary>Wire name.</summary>
    public const string Type = "clinic.patient.registered.v1";

    /// <summary>For deserialisation and object initialisers.</summary>
    public PatientRegistered()
    {
    }

    /// <param name="state">What is known of the patient.</param>
    [SetsRequiredMembers]
    public PatientRegistered(PatientState state)
        : base(state)
    {
    }
}
