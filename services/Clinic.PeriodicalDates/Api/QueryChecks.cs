namespace Clinic.PeriodicalDates.Api;

/// <summary>Reads the values of a query strictly and remembers every one that is wrong.</summary>
internal sealed class QueryChecks
{
    public Dictionary<string, string[]> Errors { get; } = [];

    /// <summary>A whole number in plain digits; null when it is left out or wrong.</summary>
    public int? Integer(string name, string? text, WholeNumbers range)
    {
        if (text is null) return null;
        if (range.TryRead(text, out var value)) return value;

        Errors[name] = [$"Give one whole number from {range} in digits."];
        return null;
    }
}
