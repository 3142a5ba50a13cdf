using System.Globalization;
using System.Text;

namespace Strangler.Facade;

/// <summary>Collects the differences of one comparison, one a field and kind, in the order found.</summary>
internal sealed class Differences
{
    // A wholly different page has thousands; nobody reads them, and each costs memory.
    private const int Most = 100;
    private readonly Dictionary<(string, DifferenceKind), int> places = [];
    private readonly List<Difference> found = [];

    public IReadOnlyList<Difference> Found => found;

    public void Add(string field, DifferenceKind kind, string? legacy, string? candidate)
    {
        if (places.TryGetValue((field, kind), out var at)) found[at] = found[at] with { Places = found[at].Places + 1 };
        else if (found.Count < Most)
        {
            places.Add((field, kind), found.Count);
            found.Add(new Difference(field, kind, legacy, candidate));
        }
    }

    /// <summary>Notes two texts that differ, by what makes them differ.</summary>
    public void AddTexts(string field, string legacy, string candidate) => Add(field, KindOf(legacy, candidate), legacy, candidate);

    private static DifferenceKind KindOf(string legacy, string candidate)
    {
        if (Without(legacy, char.IsWhiteSpace) == Without(candidate, char.IsWhiteSpace)) return DifferenceKind.WhiteSpace;
        if (string.Equals(legacy, candidate, StringComparison.OrdinalIgnoreCase)) return DifferenceKind.LetterCase;
        return Plain(legacy) == Plain(candidate) ? DifferenceKind.Accents : DifferenceKind.Value;
    }

    private static string Plain(string text)
    {
        // A lone surrogate cannot be normalised; such a text has no accents to compare.
        if (text.EnumerateRunes().Any(rune => rune == Rune.ReplacementChar)) return text;
        return Without(text.Normalize(NormalizationForm.FormD), c => CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.NonSpacingMark);
    }

    private static string Without(string text, Func<char, bool> unwanted) => string.Concat(text.Where(c => !unwanted(c)));
}
