namespace Strangler.Facade;

/// <summary>The <c>gates</c> block of a route: what the service must show before the route moves on, and to stay where it is.</summary>
/// <param name="Samples">How many requests each side must have answered, or how many answers must have been compared, before a verdict. Default 200; 1 to 1,000,000.</param>
/// <param name="Errors">By how many percentage points the service's share of errors may exceed legacy's. Default 1; 0 to 100.</param>
/// <param name="Latency">How many times legacy's 95th percentile (and 5 ms) the service's may be. Default 1.25; 0.1 to 100.</param>
/// <param name="Mismatches">The percentage of compared answers that may differ in stage shadow. Default 0.1; 0 to 100.</param>
/// <param name="DryRun">Whether the verdict is only shown and decides nothing.</param>
public sealed record GateRule(int Samples, decimal Errors, decimal Latency, decimal Mismatches, bool DryRun)
{
    /// <summary>By which a route without such a block is measured, though not held.</summary>
    public static GateRule Default { get; } = new(200, 1m, 1.25m, 0.1m, false);

    /// <summary>How far back both sides are measured; longer as long as that holds fewer than <see cref="Samples"/>, and up to twice that. Default 5 min; 1 s to 24 h less a second.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>What happens to a route in stage canary or service when a gate fails. Default <see cref="GateFailure.Legacy"/>.</summary>
    public GateFailure OnFailure { get; init; } = GateFailure.Legacy;

    /// <summary>Numbers that others know and that have limits too, e.g. how far the anti-corruption layer is behind; empty for none.</summary>
    public IReadOnlyList<GateSignal> Signals { get; init; } = [];
}

/// <summary>What happens to a route when its gates fail.</summary>
public enum GateFailure
{
    /// <summary>Legacy has everybody again.</summary>
    Legacy,

    /// <summary>One step back: to the share before, or the stage before. A plan then waits for people.</summary>
    Previous,

    /// <summary>It stays; people decide.</summary>
    Pause,
}

/// <summary>A number that somebody else knows, as a gate. It fails when it was over its limit for a while, and whoever cannot be asked never passes.</summary>
/// <param name="Name">The gate's name.</param>
/// <param name="Url">Answers JSON to GET.</param>
/// <param name="Value">Where in it the number is: names of members, with dots between them.</param>
/// <param name="Most">What it may be at most.</param>
/// <param name="Patience">How long it may be more than that before the gate fails; until then nothing is known. Default 1 min; 0 to 1 h.</param>
public sealed record GateSignal(string Name, Uri Url, string Value, decimal Most, TimeSpan Patience);
