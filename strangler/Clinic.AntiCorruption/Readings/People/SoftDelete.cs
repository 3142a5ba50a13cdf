using System.Globalization;
using Clinic.Contracts.Patients;

namespace Clinic.AntiCorruption.Readings;

/// <summary>The cells of a patient row that may say that it is off file, as text.</summary>
internal sealed record RemovalCells(string? Flag, string? Date, string? MergedInto, string? Name, string? Status);

/// <summary>A patient is off file.</summary>
/// <param name="Reason">One of <see cref="RemovalReason"/>; null when merged.</param>
/// <param name="At">The day; null when unknown.</param>
/// <param name="SurvivingId">The patient it was merged into; null when it was not.</param>
internal sealed record Removal(string? Reason, DateOnly? At, long? SurvivingId);

/// <summary>
/// X9: five ways in which screens of five ages take a patient off file. Any one is enough, whatever the others say: a row flagged as removed is
/// removed also when its status is still active. The merge is told before the rest, because it says where the history went.
/// </summary>
internal static class SoftDelete
{
    /// <summary>How users hid a patient before there was a button, as <see cref="NameReading.KeyOf"/> writes it.</summary>
    private const string NameMark = "***NAO USAR***";

    /// <summary>The removal; missing when the patient is on file; with a warning where a cell speaks of a removal in words nobody understands.</summary>
    public static (Removal? Removal, IReadOnlyList<string> Warnings) Read(RemovalCells cells, long patientId)
    {
        var warnings = new List<string>();
        var date = DateReading.Read(cells.Date);
        if (date is { IsKnown: false, Warnings: [not "sentinel"] }) warnings.Add("removed_at.unreadable");

        if (Survivor(cells.MergedInto, patientId, warnings) is { } survivor) return (new(null, null, survivor), warnings);

        var reason =
            Flagged(cells.Flag, warnings) ? RemovalReason.Flagged
            : date.IsKnown ? RemovalReason.Dated
            : Marked(cells.Name) ? RemovalReason.Marked
            : StatusReading.Read(cells.Status) is { IsKnown: true, Value: PatientStatus.Removed } ? RemovalReason.Status
            : null;

        return (reason is null ? null : new(reason, date.IsKnown ? date.Value : null, null), warnings);
    }

    private static long? Survivor(string? mergedInto, long patientId, List<string> warnings)
    {
        if (string.IsNullOrWhiteSpace(mergedInto)) return null;

        var isNumber = long.TryParse(mergedInto, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var survivor);
        if (isNumber && survivor == 0) return null;
        if (isNumber && survivor != patientId) return survivor;

        // The merge screen let a patient be merged into itself; the legacy never took such a row off file.
        warnings.Add(isNumber ? "surviving_id.itself" : "surviving_id.unreadable");
        return null;
    }

    private static bool Flagged(string? flag, List<string> warnings)
    {
        switch ((flag ?? "").Trim().ToUpperInvariant())
        {
            case "S" or "SIM" or "1":
                return true;
            case "" or "N" or "NAO" or "NÃO" or "0":
                return false;
            default:
                warnings.Add("removed.unknown-flag");
                return false;
        }
    }

    private static bool Marked(string? name) =>
        NameReading.Read(name) is { IsKnown: true, Value: var words } && NameReading.KeyOf(words).StartsWith(NameMark, StringComparison.Ordinal);
}
