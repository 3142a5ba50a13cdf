namespace Strangler.AntiCorruption;

/// <summary>Rows of a table that came out of the stream together, see <see cref="SourceTransaction.Chunk"/>.</summary>
/// <param name="Request">What was asked for.</param>
/// <param name="RowsRead">Rows that were read; fewer come out when some were deleted before their place in the order.</param>
/// <param name="LastKey">Key of the last row read as text, to go on after; null when nothing was ever read.</param>
public sealed record BackfillChunk(BackfillRequest Request, int RowsRead, string? LastKey)
{
    /// <summary>True when the table has no further rows of those wanted.</summary>
    public bool IsLast => RowsRead < Request.Rows;
}
