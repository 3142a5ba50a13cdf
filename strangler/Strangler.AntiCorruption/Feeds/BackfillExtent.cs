namespace Strangler.AntiCorruption;

/// <summary>How far a backfill that begins now goes: rows that come later come as changes.</summary>
/// <param name="LastKey">Key of the last row, as text; null when there is none.</param>
/// <param name="Rows">About how many rows there are; null when only reading them would tell.</param>
public sealed record BackfillExtent(string? LastKey, long? Rows);
