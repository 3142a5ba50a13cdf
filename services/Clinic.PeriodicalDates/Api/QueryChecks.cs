using System.Globalization;

namespace Clinic.PeriodicalDates.Api;

/// <summary>Reads the values of a query strictly and remembers every one that is wrong.</summary>
internal sealed class QueryChecks
{
    public Dictionary<string, string[]> Errors { get; } = [];

    /// <summary>A whole number in plain digits; null when it is left out or wrong.</summary>
    public int? Integer(string name, string? text, int least, int most)
    {
        if (text is null) return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most) return value;

        Errors[name] = [$"Give one whole number from {least} to {most} in digits."];
        return null;
    }
}
