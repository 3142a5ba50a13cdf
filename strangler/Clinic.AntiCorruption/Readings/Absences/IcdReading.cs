using System.Text.RegularExpressions;
using Clinic.Contracts.Absences;

namespace Clinic.AntiCorruption.Readings;

/// <summary>A diagnosis.</summary>
/// <param name="Code">ICD-10 category, or category and subcategory with a dot; null when only words were written.</param>
/// <param name="Chapter">Roman numeral, or <see cref="AbsenceState.OtherChapter"/>.</param>
internal sealed record Icd(string? Code, string Chapter);

/// <summary>
/// X15: an ICD-10 code at the beginning of a free text ("M54.5", "m545", "M54-5", "Z00,0", "M54.5 LOMBALGIA"). Its chapter goes by range and not
/// by letter: D50 is blood, D48 is a neoplasm; H59 is the eye, H60 the ear.
/// </summary>
internal static partial class IcdReading
{
    public static Reading<Icd> Read(string? text)
    {
        var typed = (text ?? "").Trim().ToUpperInvariant();
        if (typed.Length == 0) return Reading<Icd>.Missing();

        var code = Code().Match(typed);
        if (!code.Success) return Reading<Icd>.Known(new(null, AbsenceState.OtherChapter), "words-only");

        var category = code.Groups["category"].Value;
        var whole = code.Groups["digit"].Success ? $"{category}.{code.Groups["digit"].Value}" : category;
        return IcdChapters.Of(category) is { } chapter
            ? Reading<Icd>.Known(new(whole, chapter))
            : Reading<Icd>.Known(new(whole, AbsenceState.OtherChapter), "no-chapter");
    }

    [GeneratedRegex(@"^(?<category>[A-Z][0-9]{2})[.,\-]?(?<digit>[0-9])?(?![\p{L}\p{Nd}])")]
    private static partial Regex Code();
}
