using Strangler.Faults.Plants;
using Strangler.Faults.Schedule;

namespace Strangler.Faults.Runs;

/// <summary>What is asked for.</summary>
/// <param name="Seeds">How many scenarios.</param>
/// <param name="FirstSeed">The first one's seed; the others count up.</param>
/// <param name="Limit">No scenario begins after so long; null for no limit.</param>
/// <param name="MostFaults">Most faults of a scenario, for a short run; the first ones of its seed.</param>
/// <param name="Plant">A planted fault; null for none.</param>
internal sealed record RunPlan(int Seeds, int FirstSeed, TimeSpan? Limit, PlantKind? Plant, int MostFaults = int.MaxValue)
{
    /// <summary>Kinds of faults to draw from; null for all.</summary>
    public IReadOnlyList<FaultKind>? Only { get; init; }

    /// <summary>True for a broker of three nodes.</summary>
    public bool HasCluster { get; init; }

    /// <summary>True when stores and broker have disks of their own that can be full.</summary>
    public bool HasSmallDisks { get; init; }
}
