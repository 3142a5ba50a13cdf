using System.Diagnostics.CodeAnalysis;

namespace Clinic.Contracts.Absences;

/// <summary>An absence is on file: for the first time, or again after having been withdrawn.</summary>
public sealed record AbsenceRecorded : AbsenceState
{
    /// <summary>Wire name.</summary>
    public const string Type = "clinic.absence.recorded.v1";

    /// <summary>For deserialisation and object initialisers.</summary>
    public AbsenceRecorded()
    {
    }

    /// <param name="state">What is known of the absence.</param>
    [SetsRequiredMembers]
    public AbsenceRecorded(AbsenceState state)
        : base(state)
    {
    }
}
