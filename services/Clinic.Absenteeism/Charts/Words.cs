using System.Globalization;

namespace Clinic.Absenteeism.Charts;

/// <summary>How screens and spreadsheets write days, months and shares.</summary>
internal static class Words
{
    public static string Day(DateOnly? day) => day?.ToString("dd'/'MM'/'yyyy", CultureInfo.InvariantCulture) ?? "";

    public static string Month(DateOnly month) => string.Create(CultureInfo.InvariantCulture, $"{month.Month:00}/{month.Year}");

    public static string ShortMonth(DateOnly month) => string.Create(CultureInfo.InvariantCulture, $"{month.Month:00}/{month.Year % 100:00}");

    /// <summary>One decimal, half away from zero: 12,5.</summary>
    public static string Percentage(int part, int total)
    {
        var percentage = total == 0 ? 0m : Math.Round(100m * part / total, 1, MidpointRounding.AwayFromZero);
        return percentage.ToString("0.0", CultureInfo.InvariantCulture).Replace('.', ',');
    }
}
