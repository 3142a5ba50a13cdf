namespace Strangler.Facade;

/// <summary>The <c>gates</c> block of a route: what the service must show before the route moves on.</summary>
/// <param name="Samples">How many requests each side must have answered, or how many answers must have been compared, before a verdict. Default 200; 1 to 1,000,000.</param>
/// <param name="Errors">By how many percentage points the service's share of errors may exceed legacy's. Default 1; 0 to 100.</param>
/// <param name="Latency">How many times legacy's 95th percentile (and 5 ms) the service's may be. Default 1.25; 0.1 to 100.</param>
/// <param name="Mismatches">The percentage of compared answers that may differ in stage shadow. Default 0.1; 0 to 100.</param>
/// <param name="DryRun">Whether the verdict is only shown and decides nothing.</param>
public sealed record GateRule(int Samples, decimal Errors, decimal Latency, decimal Mismatches, bool DryRun)
{
    /// <summary>By which a route without such a block is measured, though not held.</summary>
    public static GateRule Default { get; } = new(200, 1m, 1.25m, 0.1m, false);
}
