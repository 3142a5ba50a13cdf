using Strangler.Faults.Oracle;
using Strangler.Faults.Plants;
using Strangler.Faults.Runs;
using Strangler.Tests.Servers;

namespace FaultHarness.Tests;

/// <summary>A few seeds of what tests/faults runs for hours, and the proof that the oracle would have found something.</summary>
public sealed class SeededRunTests(TestBedFixture fixture) : IClassFixture<TestBedFixture>
{
    private const int MostSeeds = 6;

    [Theory]
    [Behaviour(1, 2)]
    [InlineData(7)]
    [InlineData(14)]
    public async Task Killing_and_cutting_everything_loses_nothing_and_takes_no_key_back(int seed)
    {
        var results = await RunAsync(new(Seeds: 1, seed, Limit: null, Plant: null, MostFaults: 8));

        var result = Assert.Single(results);
        if (result.Violations.Count > 0) (await fixture.BedAsync()).Keep();
        Assert.Empty(result.Violations.Select(Evidence.Line));
        Assert.True(result.Kills >= 3, $"Seed {seed} has killed only {result.Kills} processes.");
        Assert.True(result.Rows > 100, $"Only {result.Rows} rows were written.");
    }

    [Theory]
    [InlineData(nameof(PlantKind.EarlyAcknowledgement), nameof(ViolationKind.Lost))]
    [InlineData(nameof(PlantKind.LostConfirm), nameof(ViolationKind.Lost))]
    [InlineData(nameof(PlantKind.ReorderedRetry), nameof(ViolationKind.OtherBytes), nameof(ViolationKind.Incomplete))]
    [InlineData(nameof(PlantKind.NoDuplicateGuard), nameof(ViolationKind.WentBack))]
    [InlineData(nameof(PlantKind.LostDelete), nameof(ViolationKind.NotDeleted))]
    public async Task A_planted_fault_is_caught(string plant, params string[] violations)
    {
        var seed = 0;
        IEnumerable<string> found;
        // Whether there was something to lose when the fault struck is a matter of the machine, so it may take another seed.
        do
        {
            var results = await RunAsync(new(Seeds: 1, ++seed, Limit: null, Enum.Parse<PlantKind>(plant)));
            found = results.SelectMany(result => result.Violations).Select(violation => violation.Kind.ToString());
        }
        while (!found.Intersect(violations).Any() && seed < MostSeeds);

        Assert.NotEmpty(found.Intersect(violations));
    }

    private async Task<IReadOnlyList<SeedResult>> RunAsync(RunPlan plan)
    {
        await using var output = new StringWriter();
        var results = await new Run(await fixture.BedAsync(), plan, output).RunAsync(CancellationToken.None);
        TestContext.Current.TestOutputHelper?.WriteLine(output.ToString());
        return results;
    }
}
