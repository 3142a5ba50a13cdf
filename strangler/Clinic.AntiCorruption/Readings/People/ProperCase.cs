using System.Text;

namespace Clinic.AntiCorruption.Readings;

/// <summary>
/// Names were typed in capitals: MARIA DE SOUZA becomes Maria de Souza. A name that somebody took the care to write in mixed case stays. Whatever
/// comes out has the same capitals as what went in, so that a screen which shows capitals shows the same.
/// </summary>
internal static class ProperCase
{
    private static readonly string[] Particles = ["da", "das", "de", "do", "dos", "e"];
    private static readonly string[] Numerals = ["II", "III", "IV"];

    public static string Of(string name)
    {
        if (name.Any(char.IsLower)) return name;

        var words = name.Split(' ').Select((word, index) => Word(word, isFirst: index == 0));
        var proper = string.Join(' ', words);
        return string.Equals(proper.ToUpperInvariant(), name.ToUpperInvariant(), StringComparison.Ordinal) ? proper : name;
    }

    private static string Word(string word, bool isFirst)
    {
        var small = word.ToLowerInvariant();
        if (!isFirst && Particles.Contains(small)) return small;
        if (!isFirst && Numerals.Contains(word)) return word;

        // D'AVILA and ANA-MARIA begin twice.
        var cased = new StringBuilder(small.Length);
        for (var i = 0; i < small.Length; i++)
        {
            var begins = i == 0 || !char.IsLetter(small[i - 1]);
            cased.Append(begins ? char.ToUpperInvariant(small[i]) : small[i]);
        }

        return cased.ToString();
    }
}
