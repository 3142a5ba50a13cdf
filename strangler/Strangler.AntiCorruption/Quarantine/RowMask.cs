using Strangler.Messaging;

namespace Strangler.AntiCorruption;

/// <summary>The shape of a row and no value of it.</summary>
internal static class RowMask
{
    /// <summary>Column by column; a value that the source did not send is left out.</summary>
    public static IReadOnlyDictionary<string, string?>? Of(SourceRow? row) =>
        row?.Columns.Where(column => !row.IsUnchanged(column)).ToDictionary(static column => column, column => ValueMask.Of(row.Text(column)));
}
