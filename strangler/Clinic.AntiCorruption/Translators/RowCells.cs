using System.Globalization;
using Clinic.AntiCorruption.Readings;
using Strangler.AntiCorruption;

namespace Clinic.AntiCorruption.Translators;

/// <summary>The cells of one row as a translator takes them, keeping the warnings of each under the name of the message field it goes to.</summary>
internal sealed class RowCells(SourceRow row)
{
    private readonly List<string> warnings = [];

    public IReadOnlyList<string> Warnings => warnings;

    public string? Text(string column) => row.Text(column);

    /// <summary>The reading, after its warnings were kept.</summary>
    public Reading<T> Note<T>(string field, Reading<T> reading)
    {
        warnings.AddRange(reading.Warnings.Select(code => $"{field}.{code}"));
        return reading;
    }

    public void Note(IEnumerable<string> codes) => warnings.AddRange(codes);

    /// <summary>The identity of another row; null when there is none.</summary>
    public long? Reference(string column, string field)
    {
        var text = row.Text(column);
        if (string.IsNullOrWhiteSpace(text)) return null;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var id)) return id;

        warnings.Add($"{field}.unreadable");
        return null;
    }
}
