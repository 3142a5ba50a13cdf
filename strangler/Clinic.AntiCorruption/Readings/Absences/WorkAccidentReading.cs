using System.Text.RegularExpressions;

namespace Clinic.AntiCorruption.Readings;

/// <summary>Whether an absence was an accident at work, and the number of its notice.</summary>
internal sealed record WorkAccident(bool? Happened, string? CatNumber);

/// <summary>X16, the CAT column: a yes or no in six spellings, or the number of the notice itself, which is a yes. Nothing written is unknown, not no.</summary>
internal static partial class WorkAccidentReading
{
    public static Reading<WorkAccident> Read(string? text)
    {
        var typed = (text ?? "").Trim();
        return typed.ToUpperInvariant() switch
        {
            "S" or "SIM" or "T" or "ON" or "1" => Reading<WorkAccident>.Known(new(true, null), "no-number"),
            "N" or "NAO" or "NÃO" or "F" or "0" => Reading<WorkAccident>.Known(new(false, null)),
            "" => Reading<WorkAccident>.Missing(),
            _ when NoticeNumber().IsMatch(typed) => Reading<WorkAccident>.Known(new(true, typed)),
            _ => Reading<WorkAccident>.Unknown("unreadable"),
        };
    }

    [GeneratedRegex(@"^[0-9]([/.\-]?[0-9])+$")]
    private static partial Regex NoticeNumber();
}
