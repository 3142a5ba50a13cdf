namespace Clinic.AntiCorruption.Readings;

/// <summary>The 22 chapters of ICD-10 by their first and last category (WHO, ICD-10 volume 1; Brazil's CID-10 has the same ranges).</summary>
internal static class IcdChapters
{
    private static readonly (string Chapter, string First, string Last)[] Ranges =
    [
        ("I", "A00", "B99"), ("II", "C00", "D48"), ("III", "D50", "D89"), ("IV", "E00", "E90"), ("V", "F00", "F99"), ("VI", "G00", "G99"),
        ("VII", "H00", "H59"), ("VIII", "H60", "H95"), ("IX", "I00", "I99"), ("X", "J00", "J99"), ("XI", "K00", "K93"), ("XII", "L00", "L99"),
        ("XIII", "M00", "M99"), ("XIV", "N00", "N99"), ("XV", "O00", "O99"), ("XVI", "P00", "P96"), ("XVII", "Q00", "Q99"), ("XVIII", "R00", "R99"),
        ("XIX", "S00", "T98"), ("XX", "V01", "Y98"), ("XXI", "Z00", "Z99"), ("XXII", "U00", "U99"),
    ];

    /// <summary>Roman numeral of the chapter; null when the category is in none.</summary>
    /// <param name="category">A capital letter and two digits.</param>
    public static string? Of(string category)
    {
        foreach (var (chapter, first, last) in Ranges)
        {
            if (string.CompareOrdinal(category, first) >= 0 && string.CompareOrdinal(category, last) <= 0) return chapter;
        }

        return null;
    }
}
