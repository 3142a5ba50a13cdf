using Clinic.Contracts.Patients;

namespace Clinic.AntiCorruption.Readings;

/// <summary>
/// X5: a letter, a word, or a digit whose meaning changed: the spreadsheet imported in 2009 (ids up to 200) wrote 0 for men, the form
/// that followed in 2011 wrote 0 for women.
/// </summary>
internal static class SexReading
{
    private const long LastImportedId = 200;

    public static Reading<string> Read(string? text, long patientId) => (text ?? "").Trim().ToUpperInvariant() switch
    {
        "M" or "MASCULINO" => Reading<string>.Known(Sex.Male),
        "F" or "FEMININO" => Reading<string>.Known(Sex.Female),
        "0" => Reading<string>.Known(patientId <= LastImportedId ? Sex.Male : Sex.Female),
        "1" => Reading<string>.Known(patientId <= LastImportedId ? Sex.Female : Sex.Male),
        "" => Reading<string>.Missing(),
        _ => Reading<string>.Unknown("unknown-code"),
    };
}
