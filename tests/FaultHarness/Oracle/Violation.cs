namespace Strangler.Faults.Oracle;

/// <summary>What may never happen.</summary>
internal enum ViolationKind
{
    /// <summary>A committed write did not arrive: the store has an older state, or no row.</summary>
    Lost,

    /// <summary>The store has a row that the source has deleted.</summary>
    NotDeleted,

    /// <summary>A key went back to an earlier state, or saw one twice.</summary>
    WentBack,

    /// <summary>A state appeared that was never committed.</summary>
    NeverCommitted,

    /// <summary>A row has the right number and other bytes.</summary>
    OtherBytes,

    /// <summary>A row whose large value was never told appeared, though every row was told whole before.</summary>
    Incomplete,

    /// <summary>The layer took changes for lost, and began capture anew, though nobody had dropped its slot.</summary>
    NeedlessGap,

    /// <summary>A process ended though nobody had ended it.</summary>
    Died,
}

/// <summary>One broken promise.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Where">Consumer, or process.</param>
/// <param name="Key">The row; null when it is not about one.</param>
/// <param name="Text">What was found and what was expected.</param>
internal sealed record Violation(ViolationKind Kind, string Where, string? Key, string Text);
