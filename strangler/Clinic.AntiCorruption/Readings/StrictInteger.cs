using System.Globalization;

namespace Clinic.AntiCorruption.Readings;

/// <summary>
/// X10: an optional minus and ASCII digits within 32 bits, and nothing else: no blanks, no plus, no decimals, no unit. What a screen
/// would have had to guess ("30.0", "30 dias", "VENCIDO") is no number here.
/// </summary>
internal static class StrictInteger
{
    public static Reading<int> Read(string? text)
    {
        if (string.IsNullOrEmpty(text)) return Reading<int>.Missing();

        var digits = text.AsSpan(text[0] == '-' ? 1 : 0);
        if (digits.IsEmpty || digits.ContainsAnyExceptInRange('0', '9')) return Reading<int>.Unknown("not-an-integer");

        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? Reading<int>.Known(number)
            : Reading<int>.Unknown("overflow");
    }
}
