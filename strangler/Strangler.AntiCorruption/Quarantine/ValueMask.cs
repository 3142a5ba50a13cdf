namespace Strangler.AntiCorruption;

/// <summary>Shows the shape of a value and not the value: digits as 9, letters as x, everything else as it is. Enough to see why a date or a code was refused.</summary>
internal static class ValueMask
{
    private const int Longest = 40;

    public static string? Of(string? value) => value is null ? null : string.Create(Math.Min(value.Length, Longest), value, static (masked, text) =>
    {
        for (var index = 0; index < masked.Length; index++)
        {
            masked[index] = char.IsDigit(text[index]) ? '9' : char.IsLetter(text[index]) || char.IsSurrogate(text[index]) ? 'x' : text[index];
        }
    });

    /// <summary>Column by column; a value that the source did not send is left out.</summary>
    public static IReadOnlyDictionary<string, string?>? Of(SourceRow? row) =>
        row?.Columns.Where(column => !row.IsUnchanged(column)).ToDictionary(static column => column, column => Of(row.Text(column)));
}
