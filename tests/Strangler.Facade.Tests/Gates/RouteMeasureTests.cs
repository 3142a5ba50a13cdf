namespace Strangler.Facade.Tests;

public sealed class RouteMeasureTests
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly GateRule Rule = GateRule.Default with { Samples = 10, Window = TimeSpan.FromMinutes(5) };
    private static readonly Owner Legacy = new(Owner.LegacyName, new Uri("http://a"), ForwardedPolicy.None);
    private static readonly Owner Service = new("orders", new Uri("http://b"), ForwardedPolicy.None);

    [Fact]
    public void What_was_good_for_long_does_not_hide_what_is_bad_now()
    {
        var measure = Measure(legacyAnswers: true);
        for (var minute = 1; minute <= 100; minute++)
        {
            Ask(measure, 100, 200);
            measure.Roll(Start.AddMinutes(minute));
        }

        Ask(measure, 100, 500);

        var service = measure.Read().Service;
        Assert.InRange(service.Requests, 500, 1100);
        Assert.Equal(100, service.Errors);
        Assert.InRange(measure.CountedSince, Start.AddMinutes(90), Start.AddMinutes(95));
        Assert.Equal(Start, measure.Since);
    }

    [Fact]
    public void A_window_lasts_until_it_has_enough_samples_of_each_side_that_answers()
    {
        var (both, alone) = (Measure(legacyAnswers: true), Measure(legacyAnswers: false));
        foreach (var measure in (RouteMeasure[])[both, alone])
        {
            for (var i = 0; i < 10; i++) measure.Add(Service, Outcome.Answered, 200, TimeSpan.FromMilliseconds(1));
            for (var hour = 1; hour <= 3; hour++) measure.Roll(Start.AddHours(hour));
        }

        Assert.Equal(Start, both.CountedSince);
        Assert.Equal((10, 10), (both.Read().Service.Requests, alone.Read().Service.Requests));
    }

    [Fact]
    public void Nobody_who_left_and_nothing_refused_is_counted()
    {
        var measure = Measure(legacyAnswers: true);

        foreach (var outcome in Enum.GetValues<Outcome>()) measure.Add(Service, outcome, 200, null);

        Assert.Equal((5, 4), (measure.Read().Service.Requests, measure.Read().Service.Errors));
    }

    private static RouteMeasure Measure(bool legacyAnswers) => new("orders", "5", Rule, legacyAnswers, null, Start);

    private static void Ask(RouteMeasure measure, int times, int status)
    {
        for (var i = 0; i < times; i++)
        {
            measure.Add(Service, Outcome.Answered, status, TimeSpan.FromMilliseconds(1));
            measure.Add(Legacy, Outcome.Answered, 200, TimeSpan.FromMilliseconds(1));
        }
    }
}
