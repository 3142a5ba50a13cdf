namespace Strangler.AntiCorruption;

/// <summary>Rows read by a backfill.</summary>
/// <param name="Rows">Inserts in key order; at least one.</param>
/// <param name="LastKey">Key of the last row as text, to resume after.</param>
/// <param name="TotalRows">Estimate of the rows of the whole table, for progress.</param>
public sealed record BackfillChunk(IReadOnlyList<RowChange> Rows, string LastKey, long TotalRows);
