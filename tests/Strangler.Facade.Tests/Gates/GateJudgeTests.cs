namespace Strangler.Facade.Tests;

public sealed class GateJudgeTests
{
    private static readonly GateRule Rule = new(Samples: 100, Errors: 1, Latency: 1.5m, Mismatches: 0.5m, DryRun: false);

    [Theory]
    [InlineData(1000, 0, 1000, 0, "Pass")]
    [InlineData(100, 0, 100, 0, "Inconclusive")] // 0 of 100 may be up to 3.7 %.
    [InlineData(100, 2, 100, 0, "Inconclusive")] // A percentage point above legacy's is allowed, and 2 of 100 may be chance.
    [InlineData(100, 12, 100, 0, "Fail")]
    [InlineData(100_000, 6000, 10_000, 500, "Inconclusive")] // At the limit.
    [InlineData(100_000, 5000, 10_000, 500, "Pass")] // As bad as legacy is good enough.
    [InlineData(100_000, 6800, 10_000, 500, "Fail")]
    [InlineData(99, 0, 1000, 0, "Inconclusive")]
    [InlineData(1000, 0, 99, 0, "Inconclusive")]
    [InlineData(99, 99, 100, 0, "Inconclusive")]
    [InlineData(0, 0, 0, 0, "Inconclusive")]
    public void Errors_are_held_against_legacys_and_chance_decides_nothing(int service, int serviceErrors, int legacy, int legacyErrors, string verdict)
    {
        var gates = GateJudge.Sides(Rule, new SidesMeasured(Counts(service, serviceErrors, 10), Counts(legacy, legacyErrors, 10)));

        Assert.Equal(("errors", verdict), (gates[0].Name, gates[0].Verdict.ToString()));
    }

    [Theory]
    [InlineData(100, 0, 100, 0, "Pass")]
    [InlineData(100, 1, 100, 1, "Pass")]
    [InlineData(100, 2, 100, 1, "Inconclusive")]
    [InlineData(100, 12, 100, 1, "Fail")]
    public void A_limit_of_zero_that_no_samples_could_prove_is_kept_to_by_what_was_seen(int service, int serviceErrors, int legacy, int legacyErrors, string verdict)
    {
        var gates = GateJudge.Sides(Rule with { Errors = 0 }, new SidesMeasured(Counts(service, serviceErrors, 10), Counts(legacy, legacyErrors, 10)));

        Assert.Equal(verdict, gates[0].Verdict.ToString());
    }

    [Theory]
    [InlineData(0, "Pass")]
    [InlineData(40, "Fail")]
    public void Where_legacy_was_never_measured_every_error_is_the_services_own_and_nothing_is_said_of_its_speed(int errors, string verdict)
    {
        var gates = GateJudge.Sides(Rule, new SidesMeasured(Counts(1000, errors, 10), null));

        Assert.Equal([verdict, "Inconclusive"], gates.Select(gate => gate.Verdict.ToString()));
    }

    [Theory]
    [InlineData(100, 100, "Pass")]
    [InlineData(140, 100, "Pass")]
    [InlineData(190, 100, "Fail")]
    [InlineData(3, 0.2, "Pass")] // The grace of 5 ms.
    [InlineData(1, 100, "Pass")]
    public void The_95th_percentile_is_held_against_legacys(double service, double legacy, string verdict)
    {
        var gates = GateJudge.Sides(Rule, new SidesMeasured(Counts(1000, 0, service), Counts(1000, 0, legacy)));

        Assert.Equal(("latency", verdict), (gates[1].Name, gates[1].Verdict.ToString()));
    }

    [Theory]
    [InlineData(1000, 10, "Pass")]
    [InlineData(1000, 45, "Inconclusive")]
    [InlineData(1000, 80, "Fail")]
    [InlineData(100, 4, "Inconclusive")]
    public void A_few_slow_answers_are_no_slow_service(int requests, int slow, string verdict)
    {
        var service = new SideMeasure();
        for (var i = 0; i < requests; i++) service.Add(false, TimeSpan.FromMilliseconds(i < slow ? 900 : 10));

        var gates = GateJudge.Sides(Rule, new SidesMeasured(service.Read(), Counts(1000, 0, 10)));

        Assert.Equal(verdict, gates[1].Verdict.ToString());
    }

    [Theory]
    [InlineData(1000, 0, 0.5, "Pass")]
    [InlineData(1000, 5, 0.5, "Inconclusive")]
    [InlineData(1000, 15, 0.5, "Fail")]
    [InlineData(99, 99, 0.5, "Inconclusive")]
    [InlineData(100, 0, 0, "Pass")]
    [InlineData(100, 1, 0, "Fail")]
    public void Mismatches_of_a_shadow_have_a_limit(long compared, long different, double limit, string verdict) =>
        Assert.Equal(verdict, GateJudge.Shadow(Rule with { Mismatches = (decimal)limit }, compared, different).Verdict.ToString());

    [Fact]
    public void What_is_said_names_both_sides_the_limit_and_what_is_missing_or_how_sure_it_is()
    {
        SidesMeasured few = new(Counts(50, 1, 10), Counts(200, 1, 10)), enough = new(Counts(1000, 20, 10), Counts(1000, 5, 10));

        Assert.Equal("service 2%, legacy 0.5%, limit 1.5%; 50 of 100 requests answered by the service", GateJudge.Sides(Rule, few)[0].Text);
        Assert.Equal("service 2%, legacy 0.5%, limit 1.5%; at 95% confidence 0.53 to 2.61 points more than legacy", GateJudge.Sides(Rule, enough)[0].Text);
        Assert.Equal("service 10.7 ms, legacy 10.7 ms, limit 21 ms; at 95% confidence 0 to 0.39% of its answers slower, 5 may be", GateJudge.Sides(Rule, enough)[1].Text);
        Assert.Equal("service 0.2%, limit 0.5%; at 95% confidence 0.05 to 0.73%", GateJudge.Shadow(Rule, 1000, 2).Text);
    }

    [Theory]
    [InlineData(5.0, null, 0, "Pass", "5, limit 5")]
    [InlineData(5.1, null, 11, "Inconclusive", "5.1 at 2030-01-01 00:00:00Z, nothing since; limit 5")]
    [InlineData(5.1, null, 0, "Inconclusive", "5.1, limit 5; over it since 2029-12-31 23:59:01Z, fails after 00:01:00", 59)]
    [InlineData(5.1, null, 1, "Fail", "5.1, limit 5; over it since 2029-12-31 23:59:01Z", 59)]
    [InlineData(null, "nobody there", 0, "Inconclusive", "unknown: nobody there; limit 5")]
    [InlineData(null, "nobody there", 0, "Inconclusive", "unknown: nobody there; limit 5", 600)]
    public void A_signal_fails_when_it_was_over_its_limit_for_a_while_and_passes_only_when_it_is_known(double? value, string? problem, int age, string verdict, string text, int over = -1)
    {
        var at = new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var signal = new GateSignal("lag", new Uri("http://a/lag"), "x", 5, TimeSpan.FromMinutes(1));

        var gate = GateJudge.Signal(signal, new SignalReading(at, (decimal?)value, problem, over < 0 ? null : at.AddSeconds(-over)), at.AddSeconds(age));

        Assert.Equal((verdict, text), (gate.Verdict.ToString(), gate.Text));
        Assert.Equal(GateVerdict.Inconclusive, GateJudge.Signal(signal, null, at).Verdict);
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
