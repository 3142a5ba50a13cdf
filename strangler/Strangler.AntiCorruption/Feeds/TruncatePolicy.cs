namespace Strangler.AntiCorruption;

/// <summary>What to do when a captured table is truncated: all its rows are gone, and the source does not say which there were.</summary>
public enum TruncatePolicy
{
    /// <summary>Tell the transactions before, then stop there and say so, until a person decides.</summary>
    Stop,

    /// <summary>
    /// Go on, and backfill the table again: rows that are written after the truncate are told as they come, and those that are gone are taken back at the end of the backfill. For a
    /// legacy that empties and fills tables as a habit.
    /// </summary>
    Backfill,
}
