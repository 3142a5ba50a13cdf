using System.Globalization;
using System.Text;
using Clinic.Contracts.Patients;

namespace Clinic.PeriodicalDates.Patients;

/// <summary>What this service keeps of a patient on file: enough to list one.</summary>
/// <param name="PatientId">Who.</param>
/// <param name="Name">As screens show it: upper-case.</param>
/// <param name="CompanyId">The employer; null when there is none.</param>
/// <param name="CompanyName">The employer's name, upper-case; null when unknown.</param>
/// <param name="Active">False for a patient who left the employer.</param>
internal sealed record Patient(long PatientId, string Name, long? CompanyId, string? CompanyName, bool Active)
{
    /// <summary>The name as lists are ordered and searched: without accents.</summary>
    public string SortName => WithoutAccents(Name);

    public static Patient From(PatientState state) => new(
        state.PatientId,
        state.Name.ToUpperInvariant(),
        state.CompanyRef?.CompanyId,
        state.CompanyRef?.Name?.ToUpperInvariant(),
        state.Active);

    /// <summary>Upper-case and without accents: "JOSÉ", "José" and "JOSE" are one.</summary>
    public static string WithoutAccents(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var character in text.Normalize(NormalizationForm.FormD))
        {
            if (CharUnicodeInfo.GetUnicodeCategory(character) != UnicodeCategory.NonSpacingMark) plain.Append(character);
        }

        return plain.ToString().Normalize(NormalizationForm.FormC).ToUpperInvariant();
    }
}
