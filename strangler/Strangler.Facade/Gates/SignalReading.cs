namespace Strangler.Facade;

/// <summary>What a signal said last.</summary>
/// <param name="At">When it was asked.</param>
/// <param name="Value">The number; null when there is a problem.</param>
/// <param name="Problem">Why there is no number; null when there is one.</param>
/// <param name="OverSince">Since when it has been over its limit, as far as is known; null when it is not.</param>
internal sealed record SignalReading(DateTimeOffset At, decimal? Value, string? Problem, DateTimeOffset? OverSince)
{
    /// <summary>How old a number may be and still say something.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromSeconds(10);
}
