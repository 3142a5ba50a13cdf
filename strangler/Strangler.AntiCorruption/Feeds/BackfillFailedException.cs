namespace Strangler.AntiCorruption;

/// <summary>Rows of a table could not be read. The stream is not concerned.</summary>
/// <param name="table">The table.</param>
/// <param name="reason">What the source said, without values of rows.</param>
/// <param name="isPassing">True when the source was not there or busy, so that the same request may do later; false when it refused.</param>
/// <param name="cause">The driver's error.</param>
public sealed class BackfillFailedException(string table, string reason, bool isPassing, Exception? cause = null)
    : Exception($"Rows of table '{table}' cannot be read: {reason}", cause)
{
    /// <summary>True when the same request may do later.</summary>
    public bool IsPassing { get; } = isPassing;
}
