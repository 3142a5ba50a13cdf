using System.Globalization;
using System.Text;

namespace Clinic.PeriodicalDates.Pages;

/// <summary>The query of a page, read forgivingly: the last of several values counts, and what makes no sense is as good as left out.</summary>
internal sealed class PageQuery(IQueryCollection query)
{
    /// <summary>Empty when there is none.</summary>
    public string Text(string name) => query[name] is [.., { } last] ? last : "";

    public int? Number(string name) =>
        int.TryParse(Text(name).Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>A link with those of the values that are not empty.</summary>
    public static string Link(string path, params ReadOnlySpan<(string Name, string Value)> values)
    {
        var link = new StringBuilder(path);
        var separator = '?';
        foreach (var (name, value) in values)
        {
            if (value.Length == 0) continue;
            link.Append(separator).Append(name).Append('=').Append(Uri.EscapeDataString(value));
            separator = '&';
        }

        return link.ToString();
    }
}
