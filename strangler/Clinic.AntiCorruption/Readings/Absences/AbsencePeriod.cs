using System.Text.RegularExpressions;

namespace Clinic.AntiCorruption.Readings;

/// <summary>The cells of an absence row that say how long it was, as text.</summary>
internal sealed record AbsenceCells(string? Start, string? End, string? Days);

/// <summary>
/// X16: how long an absence was. Where both dates are there they decide, whatever the typed number of days says; without an end the number of
/// days decides. Absences of one patient may overlap; that is for whoever counts them.
/// </summary>
internal sealed partial record AbsencePeriod(DateOnly StartsOn, DateOnly EndsOn, int Days)
{
    /// <summary>Longer ones are typing errors; the legacy screens count none of them.</summary>
    private const int MostDays = 999;

    /// <summary>From the 16th day on social security pays, not the employer.</summary>
    private const int EmployerPaysDays = 15;

    /// <summary>True when the certificate is about hours of one day, such as "4 HORAS": no day of absence at all.</summary>
    public static bool IsInHours(string? daysInWords) => Hours().IsMatch((daysInWords ?? "").Trim());

    public static Reading<AbsencePeriod> Read(AbsenceCells cells)
    {
        var start = DateReading.Read(cells.Start);
        if (!start.IsKnown) return Refused("X16.no-start", "inicio is empty or no date");

        var end = DateReading.Read(cells.End);
        var days = StrictInteger.Read(cells.Days);
        if (!end.IsKnown && !days.IsKnown) return Refused("X16.open-end", "fim is no date and dias is no number");

        var length = end.IsKnown ? end.Value.DayNumber - start.Value.DayNumber + 1 : days.Value;
        if (end.IsKnown && length < 1) return Refused("X16.end-before-start", "fim is before inicio");
        if (length is < 1 or > MostDays) return Refused("X16.days-out-of-range", $"{length} days from inicio, fim and dias; an absence has 1 to {MostDays}");

        List<string> warnings = [.. start.Warnings.Select(code => $"starts_on.{code}"), .. end.Warnings.Select(code => $"ends_on.{code}")];
        if (!end.IsKnown) warnings.Add("ends_on.from-days");
        if (end.IsKnown && days.IsKnown && days.Value != length) warnings.Add("days.differ-from-dates");
        if (length > EmployerPaysDays) warnings.Add("days.over-15");

        return Reading<AbsencePeriod>.Known(new(start.Value, start.Value.AddDays(length - 1), length), warnings);
    }

    private static Reading<AbsencePeriod> Refused(string rule, string reason) => Reading<AbsencePeriod>.Refused(rule, reason);

    [GeneratedRegex(@"^[0-9]+\s*(h|hs|hr|hrs|hora|horas)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Hours();
}
