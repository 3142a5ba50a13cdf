using System.Globalization;
using System.Text;

namespace Clinic.AntiCorruption.Readings;

/// <summary>
/// X8: a name, or any other words that people see, with the damage of fifteen years of encodings undone; see <see cref="BrokenText"/>.
/// A question mark where a letter was lost cannot be undone: it stays, with a warning.
/// </summary>
internal static class NameReading
{
    /// <summary>The words as they were meant; missing when nothing is left of them.</summary>
    public static Reading<string> Read(string? text)
    {
        var (words, repairs) = BrokenText.Repair(text ?? "");
        if (words.Length == 0) return Reading<string>.Missing();

        return Reading<string>.Known(words, words.Contains('?') ? [.. repairs, "lossy"] : repairs);
    }

    /// <summary>A person's name, in mixed case; a row without one is refused: nobody could tell whom it is about.</summary>
    public static Reading<string> ReadPerson(string? text)
    {
        var name = Read(text);
        return name.IsKnown
            ? Reading<string>.Known(ProperCase.Of(name.Value), name.Warnings)
            : Reading<string>.Refused("X8.no-name", "nome is empty, or nothing legible is left of it");
    }

    /// <summary>What two spellings of the same words have in common: upper case without accents. The legacy search and order use the same.</summary>
    public static string KeyOf(string words)
    {
        var bare = words.ToUpperInvariant().Normalize(NormalizationForm.FormD)
            .Where(c => CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark);

        return string.Concat(bare).Normalize(NormalizationForm.FormC).ToUpperInvariant();
    }
}
