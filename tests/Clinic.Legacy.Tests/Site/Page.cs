using System.Text;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace Clinic.Legacy.Tests.Site;

/// <summary>One answer, whole.</summary>
public sealed record Page(int Status, IReadOnlyList<KeyValuePair<string, string>> Headers, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>A spreadsheet, in the encoding of its readers.</summary>
    public string[] CsvLines => Encoding.Latin1.GetString(Body).Split("\r\n");

    public IEnumerable<string> SetCookies => Headers.Where(header => header.Key == "Set-Cookie").Select(header => header.Value);

    public string Error => Document.QuerySelector("p.erro")?.TextContent ?? "";

    public IDocument Document => new HtmlParser().ParseDocument(Text);

    /// <summary>Cells of the rows of a table, by its class, without its head.</summary>
    public string[][] Rows(string table = "lista") =>
        [.. Document.QuerySelectorAll($"table.{table} tr").Where(row => row.QuerySelector("td") is not null)
            .Select(row => row.QuerySelectorAll("td, th").Select(cell => cell.TextContent.Trim()).ToArray())];

    public string Field(string name) => Document.QuerySelector($"[name={name}]")?.GetAttribute("value") ?? "";

    public string? Header(string name) => Headers.FirstOrDefault(header => header.Key == name).Value;

    /// <summary>Headers in the order of their names, without the date.</summary>
    public string HeaderText =>
        string.Join('\n', Headers.Where(header => header.Key != "Date").OrderBy(header => header.Key, StringComparer.Ordinal).Select(header => $"{header.Key}: {header.Value}"));

    public static async Task<Page> ReadAsync(HttpResponseMessage response)
    {
        var headers = response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated)
            .SelectMany(header => header.Value.Select(value => new KeyValuePair<string, string>(header.Key, value)));
        return new Page((int)response.StatusCode, [.. headers], await response.Content.ReadAsByteArrayAsync());
    }
}
