using Clinic.Contracts.Patients;

namespace Clinic.AntiCorruption.Readings;

/// <summary>A CPF and how far to trust it.</summary>
/// <param name="Digits">11 digits; null when what is written there cannot be one.</param>
/// <param name="Status">One of <see cref="CpfStatus"/>.</param>
internal sealed record Cpf(string? Digits, string Status);

/// <summary>
/// X1: the taxpayer number, typed with any punctuation or none. Fewer than 11 digits were stored as a number and lost their leading zeros:
/// they get them back and are checked again. An invalid one keeps its digits, because people are looked up by it all the same.
/// </summary>
internal static class CpfReading
{
    public static Reading<Cpf> Read(string? text)
    {
        var typed = (text ?? "").Trim();
        switch (NameReading.KeyOf(typed))
        {
            case "" or "ISENTO" or "NAO TEM":
                return Reading<Cpf>.Known(new(null, CpfStatus.Missing));
            case "ESTRANGEIRO" or "ESTRANGEIRA":
                return Reading<Cpf>.Known(new(null, CpfStatus.Foreign));
        }

        var digits = string.Concat(typed.Where(c => !char.IsWhiteSpace(c) && c is not ('.' or '-' or '/')));
        if (digits.Length == 0 || !digits.All(char.IsAsciiDigit)) return Invalid(null, "not-a-number");
        if (digits.Length == 14) return Invalid(null, "company-number");
        if (digits.Length > 11) return Invalid(null, "too-long");

        string[] warnings = digits.Length < 11 ? ["zeros-restored"] : [];
        digits = digits.PadLeft(11, '0');
        if (digits.All(c => c == digits[0])) return Invalid(digits, [.. warnings, "repeated-digit"]);

        return CheckDigit(digits, 9) == digits[9] && CheckDigit(digits, 10) == digits[10]
            ? Reading<Cpf>.Known(new(digits, CpfStatus.Valid), warnings)
            : Invalid(digits, [.. warnings, "check-digits"]);
    }

    private static Reading<Cpf> Invalid(string? digits, params string[] warnings) => Reading<Cpf>.Known(new(digits, CpfStatus.Invalid), warnings);

    /// <summary>Weights fall to 2 at the digit before; the remainder of ten times the sum by 11, where 10 counts as 0.</summary>
    private static char CheckDigit(string digits, int position)
    {
        var sum = 0;
        for (var i = 0; i < position; i++) sum += (digits[i] - '0') * (position + 1 - i);
        return (char)('0' + (sum * 10 % 11 % 10));
    }
}
