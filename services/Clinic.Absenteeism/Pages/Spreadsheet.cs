using System.Buffers;
using System.Text;

namespace Clinic.Absenteeism.Pages;

/// <summary>Rows for a Brazilian Excel: semicolons, CRLF, quotes only where they are needed.</summary>
internal sealed class Spreadsheet
{
    private static readonly SearchValues<char> NeedsQuotes = SearchValues.Create(";\"\r\n");

    private readonly StringBuilder text = new();

    public void Row(params ReadOnlySpan<string> cells)
    {
        for (var index = 0; index < cells.Length; index++)
        {
            if (index > 0) text.Append(';');
            if (cells[index].AsSpan().ContainsAny(NeedsQuotes)) text.Append('"').Append(cells[index].Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
            else text.Append(cells[index]);
        }

        text.Append("\r\n");
    }

    public override string ToString() => text.ToString();
}
