using Clinic.PeriodicalDates.Patients;

namespace Clinic.PeriodicalDates.Listing;

/// <summary>Which exams a page lists.</summary>
/// <param name="CompanyId">Of this employer alone; null for all.</param>
/// <param name="Name">Of patients whose name has this in it, whatever its case and accents; blank for all.</param>
/// <param name="DueWithin">Due in 0 to so many days alone; null for all.</param>
internal sealed record PeriodicalFilter(long? CompanyId, string Name, int? DueWithin)
{
    /// <summary>For SQL <c>like … escape '!'</c>; null for all.</summary>
    public string? NamePattern
    {
        get
        {
            var name = Patient.WithoutAccents(Name.Trim().ToUpperInvariant());
            if (name.Length == 0) return null;
            return $"%{name.Replace("!", "!!", StringComparison.Ordinal).Replace("%", "!%", StringComparison.Ordinal).Replace("_", "!_", StringComparison.Ordinal)}%";
        }
    }

    /// <summary>No name has a NUL in it, and PostgreSQL takes none even in a question.</summary>
    public bool MatchesNothing => Name.Contains('\0', StringComparison.Ordinal);
}
