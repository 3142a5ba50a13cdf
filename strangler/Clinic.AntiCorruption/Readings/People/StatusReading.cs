namespace Clinic.AntiCorruption.Readings;

/// <summary>What a patient's status column says.</summary>
internal enum PatientStatus
{
    Active,

    /// <summary>Left the employer; stays on file.</summary>
    Inactive,

    /// <summary>Off file: the way of the first numeric screen.</summary>
    Removed,
}

/// <summary>X4, patients: letters, words and the numbers of another screen in one column. A code that nobody explained is refused, never taken for active or inactive.</summary>
internal static class StatusReading
{
    public static Reading<PatientStatus> Read(string? text) => (text ?? "").Trim().ToUpperInvariant() switch
    {
        "A" or "ATIVO" or "1" => Reading<PatientStatus>.Known(PatientStatus.Active),
        "I" or "INATIVO" or "DEMITIDO" => Reading<PatientStatus>.Known(PatientStatus.Inactive),
        "9" => Reading<PatientStatus>.Known(PatientStatus.Removed),
        "" => Reading<PatientStatus>.Refused("X4.no-status", "status is empty and nothing says that the patient was removed"),
        var code => Reading<PatientStatus>.Refused("X4.unknown-status", $"status is {UnknownCode.Show(code)}, a code that nobody explained"),
    };
}
