namespace Strangler.AntiCorruption;

/// <summary>What to do with a table when a column that a translator reads is gone or has another type.</summary>
public enum ShapePolicy
{
    /// <summary>
    /// The table stops and the others flow: its changes wait in the quarantine, whole and in order, until its translators read the new shape or somebody
    /// accepts it; then they are translated before anything later.
    /// </summary>
    Hold,

    /// <summary>Everything stops, and the source keeps the changes.</summary>
    Stop,

    /// <summary>Goes on: rows that lack a column are refused one by one, a column of another type is translated as it comes.</summary>
    Continue,
}
