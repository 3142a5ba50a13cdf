using System.Globalization;

namespace Clinic.Absenteeism.Api;

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

    /// <summary>A day as yyyy-MM-dd; null when it is left out or wrong.</summary>
    public DateOnly? Day(string name, string? text)
    {
        if (text is null) return null;
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)) return day;

        Errors[name] = ["Give one day as yyyy-MM-dd."];
        return null;
    }

    /// <summary>true or false; null when it is left out or wrong.</summary>
    public bool? Truth(string name, string? text)
    {
        if (text is null or "true" or "false") return text is null ? null : text == "true";

        Errors[name] = ["Give true or false."];
        return null;
    }
}
