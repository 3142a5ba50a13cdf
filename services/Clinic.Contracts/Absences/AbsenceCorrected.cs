using System.Diagnostics.CodeAnalysis;

namespace Clinic.Contracts.Absences;

/// <summary>Something known of an absence on file changed. Carries everything, not only the difference.</summary>
public sealed record AbsenceCorrected : AbsenceState
{
    /// <summary>Wire name.</summary>
    public const string Type = "clinic.absence.corrected.v1";

    /// <summary>For deserialisation and object initialisers.</summary>
    public AbsenceCorrected()
    {
    }

    /// <param name="state">What is known of the absence.</param>
    [SetsRequiredMembers]
    public AbsenceCorrected(AbsenceState state)
        : base(state)
    {
    }
}
