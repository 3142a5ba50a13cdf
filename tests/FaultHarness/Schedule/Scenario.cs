using System.Globalization;
using Strangler.Faults.Plants;

namespace Strangler.Faults.Schedule;

/// <summary>How much is written while faults happen.</summary>
internal enum Load
{
    /// <summary>A few rows a second.</summary>
    Idle,

    /// <summary>About a thousand rows a second.</summary>
    Steady,

    /// <summary>As steady, after thousands of rows that the layer finds waiting.</summary>
    Backlog,
}

/// <summary>A fault that is to happen.</summary>
/// <param name="Kind">Which.</param>
/// <param name="After">How long after the one before it began or, unless it overlaps, was over.</param>
/// <param name="Lasts">How long it lasts before it is healed.</param>
/// <param name="Overlaps">True when it does not wait for the end of the one before it.</param>
internal sealed record PlannedFault(FaultKind Kind, TimeSpan After, TimeSpan Lasts, bool Overlaps)
{
    public override string ToString() => FormattableString.Invariant($"{(Overlaps ? "meanwhile" : "then")} after {After.TotalMilliseconds:0} ms {Kind.Name} for {Lasts.TotalMilliseconds:0} ms");
}

/// <summary>What a seed stands for: load, rows that are there before, settings, and the faults in their order.</summary>
internal sealed record Scenario
{
    public required int Seed { get; init; }

    /// <summary>As its folder is called.</summary>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"seed-{Seed}{(Plant is { } plant ? "-" + Plants.Plant.NameOf(plant) : "")}");

    public required Load Load { get; init; }

    /// <summary>Keys of each writer and table; many when they are there before the layer first starts, so that faults strike its backfill.</summary>
    public required int Keys { get; init; }

    public required bool Backfill { get; init; }

    /// <summary>
    /// True when the slot is dropped now and then, and the layer may begin capture anew. The layer itself is left alone then: a row that is published and not yet
    /// put down when both happen at once is lost to it (decision 41).
    /// </summary>
    public required bool LosesSlot { get; init; }

    /// <summary>True when a second layer, on the same source and store, stands by.</summary>
    public required bool HasStandby { get; init; }

    /// <summary>True when the first consumer has a second process.</summary>
    public required bool HasTwoInstances { get; init; }

    /// <summary>Rows of one large transaction; 0 for none.</summary>
    public required int LargeTransaction { get; init; }

    public required TimeSpan CheckpointInterval { get; init; }

    public required double HandlerFailures { get; init; }

    public required IReadOnlyList<PlannedFault> Faults { get; init; }

    /// <summary>True when tables are truncated now and then, and rows written to them in the same transaction.</summary>
    public required bool Truncates { get; init; }

    public required PlantKind? Plant { get; init; }

    /// <summary>True when rows that are there are read while they change: at the beginning, after a gap, after a truncate.</summary>
    public bool ReadsRows => Backfill || LosesSlot || Truncates;

    /// <summary>A consumer that has not everything, and in which nothing has happened for so long after the end, has lost something.</summary>
    public TimeSpan Patience => TimeSpan.FromSeconds(Plant is null ? 60 : 10);

    /// <summary>The same seed gives the same scenario, or its beginning when there are to be fewer faults; when exactly a fault strikes is up to the machine.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="plant">A planted fault; null for none.</param>
    /// <param name="mostFaults">Most faults.</param>
    /// <param name="only">Kinds of faults to draw from, which makes another scenario of the seed; null for all.</param>
    /// <param name="hasCluster">True when the broker has several nodes, of which one is struck at a time.</param>
    /// <param name="hasSmallDisks">True when stores and broker have disks that can be full.</param>
    public static Scenario Draw(int seed, PlantKind? plant, int mostFaults = int.MaxValue, IReadOnlyList<FaultKind>? only = null, bool hasCluster = false, bool hasSmallDisks = false)
    {
        var random = new Random(seed);
        var backfill = plant is null && random.Next(3) == 0;
        var losesSlot = plant is null && random.Next(8) == 0 && only is null;
        var hasStandby = Wants(Target.Standby) && !losesSlot;
        var hasTwoInstances = Wants(Target.ConsumerA2);
        var kinds = KindsOf(plant, losesSlot, only).Where(kind => (hasCluster || !kind.NeedsCluster) && (hasSmallDisks || !kind.NeedsSmallDisks) && (hasStandby || kind.Target != Target.Standby) && (hasTwoInstances || kind.Target != Target.ConsumerA2)).ToArray();
        return new()
        {
            Seed = seed,
            Load = plant is null ? (Load)random.Next(3) : Load.Steady,
            Backfill = backfill,
            LosesSlot = losesSlot,
            HasStandby = hasStandby,
            HasTwoInstances = hasTwoInstances,
            Keys = plant is not null ? 8 : backfill ? random.Next(200, 1_200) : random.Next(10, 60),
            LargeTransaction = plant is null && random.Next(8) == 0 ? random.Next(5_000, 50_001) : 0,
            CheckpointInterval = TimeSpan.FromMilliseconds(random.Next(4) switch { 0 => 1, 1 => 20, 2 => 100, _ => 500 }),
            HandlerFailures = plant is null && random.Next(3) == 0 ? 0.002 : 0,
            Faults = [.. Enumerable.Range(0, Math.Min(plant is null ? random.Next(12, 21) : 3, mostFaults)).Select(_ => DrawFault(random, kinds, plant is not null))],
            Plant = plant,
            Truncates = plant is null && random.Next(4) == 0,
        };

        bool Wants(Target target) => plant is null && (only?.Any(kind => kind.Target == target) ?? random.Next(3) == 0);
    }

    private static PlannedFault DrawFault(Random random, FaultKind[] kinds, bool lastsLong)
    {
        var at = random.Next(kinds.Sum(kind => kind.Weight));
        var kind = kinds.First(kind => (at -= kind.Weight) < 0);
        return new(
            kind,
            TimeSpan.FromMilliseconds(random.Next(4) == 0 ? random.Next(100) : random.Next(1_500)),
            TimeSpan.FromMilliseconds(kind.Action is FaultAction.Kill or FaultAction.Reset && random.Next(4) != 0 ? 0 : random.Next(lastsLong ? 1_500 : 0, 2_500)),
            random.Next(4) == 0);
    }

    private static FaultKind[] KindsOf(PlantKind? plant, bool losesSlot, IReadOnlyList<FaultKind>? only)
    {
        // A planted fault shows where its own kind of trouble strikes; the rest would only take time.
        return plant switch
        {
            PlantKind.EarlyAcknowledgement or PlantKind.LostConfirm => [.. FaultKind.All.Where(kind => kind is { Target: Target.LayerToBroker, Action: FaultAction.BlackHole })],
            PlantKind.NoDuplicateGuard => [.. FaultKind.All.Where(OfConsumers)],
            PlantKind.ReorderedRetry or PlantKind.LostDelete => [.. FaultKind.All.Where(kind => kind is { Target: Target.Layer, IsKill: true })],
            _ when only is not null => [.. only],
            _ when losesSlot => [.. FaultKind.All.Where(kind => kind.Action == FaultAction.DropSlot || OfConsumers(kind))],
            _ => [.. FaultKind.All.Where(kind => kind.Action != FaultAction.DropSlot)],
        };

        static bool OfConsumers(FaultKind kind) => kind.Target is Target.ConsumerA or Target.ConsumerA2 or Target.ConsumerB or Target.ConsumersToBroker;
    }
}
