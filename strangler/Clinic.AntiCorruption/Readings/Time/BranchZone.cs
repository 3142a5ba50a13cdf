using System.Globalization;

namespace Clinic.AntiCorruption.Readings;

/// <summary>
/// X3: the zone that a branch lives in. A whole number of hours in the branch's own column wins and knows no summer time; otherwise the state
/// decides, with the summer time that the state had. An unknown state is no zone, not the server's and not São Paulo's.
/// </summary>
internal static class BranchZone
{
    /// <summary>The head office's zone: the nightly refresh of due days runs on its clock.</summary>
    public static TimeZoneInfo Clinic { get; } = TimeZoneInfo.FindSystemTimeZoneById("America/Sao_Paulo");

    public static DateOnly ClinicDay(DateTimeOffset instant) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, Clinic).DateTime);

    public static Reading<TimeZoneInfo> Read(string? state, string? offset)
    {
        if (int.TryParse((offset ?? "").Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var hours) && hours is >= -12 and <= 14)
        {
            return Reading<TimeZoneInfo>.Known(Fixed(hours));
        }

        var zone = (state ?? "").Trim().ToUpperInvariant() switch
        {
            "SP" or "RJ" or "MG" or "ES" or "PR" or "SC" or "RS" or "GO" or "DF" => "America/Sao_Paulo",
            "AM" => "America/Manaus",
            "AC" => "America/Rio_Branco",
            "MT" => "America/Cuiaba",
            "MS" => "America/Campo_Grande",
            "RO" => "America/Porto_Velho",
            "RR" => "America/Boa_Vista",
            "PA" or "AP" => "America/Belem",
            "TO" => "America/Araguaina",
            "MA" or "PI" or "CE" or "RN" or "PB" => "America/Fortaleza",
            "PE" => "America/Recife",
            "AL" or "SE" => "America/Maceio",
            "BA" => "America/Bahia",
            _ => null,
        };

        return zone is null ? Reading<TimeZoneInfo>.Unknown("no-zone") : Reading<TimeZoneInfo>.Known(TimeZoneInfo.FindSystemTimeZoneById(zone));
    }

    private static TimeZoneInfo Fixed(int hours)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"UTC{hours:+00;-00}");
        return TimeZoneInfo.CreateCustomTimeZone(name, TimeSpan.FromHours(hours), name, name);
    }
}
