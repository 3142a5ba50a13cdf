namespace Strangler.Facade.Tests;

public sealed class GateJudgeTests
{
    private static readonly GateRule Rule = new(Samples: 100, Errors: 1, Latency: 1.5m, Mismatches: 0.5m, DryRun: false);

    [Theory]
    [InlineData(100, 0, 100, 0, "Pass")]
    [InlineData(100, 1, 100, 0, "Pass")] // A percentage point above legacy's is allowed.
    [InlineData(100, 2, 100, 0, "Fail")]
    [InlineData(1000, 60, 100, 5, "Pass")] // As bad as legacy is good enough.
    [InlineData(1000, 61, 100, 5, "Fail")]
    [InlineData(99, 0, 1000, 0, "Inconclusive")]
    [InlineData(1000, 0, 99, 0, "Inconclusive")]
    [InlineData(99, 99, 100, 0, "Inconclusive")]
    [InlineData(0, 0, 0, 0, "Inconclusive")]
    public void Errors_are_held_against_legacys(int service, int serviceErrors, int legacy, int legacyErrors, string verdict)
    {
        var gates = GateJudge.Canary(Rule, Counts(service, serviceErrors, 10), Counts(legacy, legacyErrors, 10));

        Assert.Equal(("errors", verdict), (gates[0].Name, gates[0].Verdict.ToString()));
    }

    [Theory]
    [InlineData(100, 100, "Pass")]
    [InlineData(140, 100, "Pass")]
    [InlineData(190, 100, "Fail")]
    [InlineData(3, 0.2, "Pass")] // The grace of 5 ms.
    [InlineData(1, 100, "Pass")]
    public void The_95th_percentile_is_held_against_legacys(double service, double legacy, string verdict)
    {
        var gates = GateJudge.Canary(Rule, Counts(1000, 0, service), Counts(1000, 0, legacy));

        Assert.Equal(("latency", verdict), (gates[1].Name, gates[1].Verdict.ToString()));
    }

    [Theory]
    [InlineData(1000, 5, "Pass")]
    [InlineData(1000, 6, "Fail")]
    [InlineData(99, 99, "Inconclusive")]
    public void Mismatches_of_a_shadow_have_a_limit(long compared, long different, string verdict) =>
        Assert.Equal(verdict, Assert.Single(GateJudge.Shadow(Rule, compared, different)).Verdict.ToString());

    [Fact]
    public void What_is_said_names_both_sides_the_limit_and_what_is_missing()
    {
        var gates = GateJudge.Canary(Rule, Counts(50, 1, 10), Counts(200, 1, 10));

        Assert.Equal("service 2%, legacy 0.5%, limit 1.5%; 50 of 100 requests answered by the service", gates[0].Text);
    }

    [Fact]
    public void A_failure_outweighs_what_is_open_and_what_is_open_outweighs_a_pass()
    {
        GateResult Gate(GateVerdict verdict) => new("x", verdict, 0, 0, 0, "");

        Assert.Equal(GateVerdict.Fail, GateJudge.Overall([Gate(GateVerdict.Pass), Gate(GateVerdict.Inconclusive), Gate(GateVerdict.Fail)]));
        Assert.Equal(GateVerdict.Inconclusive, GateJudge.Overall([Gate(GateVerdict.Pass), Gate(GateVerdict.Inconclusive)]));
        Assert.Equal(GateVerdict.Pass, GateJudge.Overall([Gate(GateVerdict.Pass), Gate(GateVerdict.Pass)]));
        Assert.Equal(GateVerdict.Inconclusive, GateJudge.Overall([]));
    }

    [Fact]
    public void Percentiles_are_right_to_a_tenth()
    {
        var histogram = new LatencyHistogram();
        for (var ms = 1; ms <= 1000; ms++) histogram.Add(TimeSpan.FromMilliseconds(ms));

        foreach (var (share, expected) in new[] { (0.5, 500), (0.95, 950), (0.99, 990), (1.0, 1000) })
        {
            Assert.InRange(LatencyHistogram.Percentile(histogram.Counts(), share).TotalMilliseconds, expected * 0.999, expected * 1.101);
        }

        Assert.Equal(TimeSpan.Zero, LatencyHistogram.Percentile([], 0.95));
    }

    private static SideCounts Counts(int requests, int errors, double ms)
    {
        var side = new SideMeasure();
        for (var i = 0; i < requests; i++) side.Add(i < errors, i < errors ? null : TimeSpan.FromMilliseconds(ms));
        return side.Read();
    }
}
