using Strangler.Faults.Schedule;

namespace FaultHarness.Tests;

public sealed class ScenarioTests
{
    [Fact]
    public void A_seed_always_stands_for_the_same_scenario()
    {
        var (one, again) = (Scenario.Draw(7, plant: null), Scenario.Draw(7, plant: null));

        Assert.Equal(one.Faults, again.Faults);
        Assert.Equal(one with { Faults = [] }, again with { Faults = [] });
    }

    [Fact]
    public void Many_seeds_make_every_fault_under_every_load_with_and_without_a_backfill()
    {
        var drawn = Enumerable.Range(1, 3_000).Select(seed => Scenario.Draw(seed, plant: null, hasCluster: seed % 3 == 1, hasSmallDisks: seed % 3 == 2)).ToList();

        var made = drawn.SelectMany(scenario => scenario.Faults.Select(fault => (fault.Kind.Name, scenario.Load, scenario.Backfill))).ToHashSet();

        var missing =
            from kind in FaultKind.All
            from load in Enum.GetValues<Load>()
            from backfill in (bool[])[false, true]
            where !made.Contains((kind.Name, load, backfill))
            select $"{kind.Name}, {load}, backfill {backfill}";
        Assert.Empty(missing);
    }
}
