namespace Strangler.Facade.Tests;

public sealed class BreakerTests
{
    private static readonly BreakerRule Rule = new(Failures: 50, Minimum: 10, Window: TimeSpan.FromSeconds(10), Pause: TimeSpan.FromSeconds(5), Probes: 3);
    private readonly SetClock clock = new();
    private readonly Breaker breaker;
    private readonly List<BreakerState> changes = [];

    public BreakerTests()
    {
        this.breaker = new Breaker("orders", Rule, clock);
        this.breaker.Changed += breaker => changes.Add(breaker.View.State);
    }

    [Theory]
    [InlineData(5, 4, BreakerState.Closed)] // Nine requests say nothing yet.
    [InlineData(6, 4, BreakerState.Closed)] // 40 %.
    [InlineData(5, 5, BreakerState.Open)]
    [InlineData(0, 10, BreakerState.Open)]
    [InlineData(0, 9, BreakerState.Closed)]
    public void It_opens_on_the_share_of_failures_among_enough_requests(int succeed, int fail, object state)
    {
        for (var i = 0; i < succeed; i++) Send(false);
        for (var i = 0; i < fail; i++) Send(true);

        Assert.Equal(state, breaker.View.State);
    }

    [Fact]
    public void Users_who_left_say_nothing()
    {
        for (var i = 0; i < 9; i++) Send(true);
        for (var i = 0; i < 50; i++) Send(null);

        Assert.Equal((BreakerState.Closed, 9, 9), (breaker.View.State, breaker.View.Requests, breaker.View.Failures));
    }

    [Fact]
    public void Failures_of_long_ago_do_not_count()
    {
        for (var i = 0; i < 9; i++) Send(true);
        clock.Move(10.1);
        Send(true);

        Assert.Equal((BreakerState.Closed, 1), (breaker.View.State, breaker.View.Requests));
    }

    [Fact]
    public void The_window_slides_by_tenths()
    {
        for (var second = 0; second < 30; second++)
        {
            Send(second % 3 == 0);
            clock.Move(1);
        }

        Assert.Equal((9, 3), (breaker.View.Requests, breaker.View.Failures));
    }

    [Fact]
    public void While_it_is_open_nothing_passes()
    {
        Open();

        Assert.True(breaker.Refuses);
        for (var i = 0; i < 5; i++)
        {
            Assert.False(breaker.TryEnter(out _));
            clock.Move(0.99);
        }
    }

    [Fact]
    public void After_the_pause_a_few_probes_pass_and_close_it_when_all_succeed()
    {
        Open();
        clock.Move(5);
        Assert.False(breaker.Refuses);

        var probes = Enumerable.Range(0, 3).Select(_ => Enter()).ToList();
        Assert.False(breaker.TryEnter(out _));
        Assert.True(breaker.Refuses);
        foreach (var probe in probes.Take(2)) breaker.Report(probe, false);
        Assert.Equal(BreakerState.HalfOpen, breaker.View.State);
        breaker.Report(probes[2], false);

        Assert.Equal((BreakerState.Closed, 0), (breaker.View.State, breaker.View.Requests));
        Assert.Equal([BreakerState.Open, BreakerState.HalfOpen, BreakerState.Closed], changes);
    }

    [Fact]
    public void One_failed_probe_opens_it_again()
    {
        Open();
        clock.Move(5);
        var probes = Enumerable.Range(0, 3).Select(_ => Enter()).ToList();

        breaker.Report(probes[0], false);
        breaker.Report(probes[1], true);
        breaker.Report(probes[2], false);

        Assert.Equal((BreakerState.Open, clock.GetUtcNow().AddSeconds(5)), (breaker.View.State, breaker.View.Until));
    }

    [Fact]
    public void A_probe_whose_user_left_gives_its_place_to_another()
    {
        Open();
        clock.Move(5);
        var probes = Enumerable.Range(0, 3).Select(_ => Enter()).ToList();

        breaker.Report(probes[0], null);

        Enter();
        Assert.False(breaker.TryEnter(out _));
    }

    [Fact]
    public void Probes_that_hang_give_way_to_others_and_say_nothing_any_more()
    {
        Open();
        clock.Move(5);
        var hanging = Enumerable.Range(0, 3).Select(_ => Enter()).ToList();
        clock.Move(5);

        Enter();
        foreach (var late in hanging) breaker.Report(late, true);

        Assert.Equal(BreakerState.HalfOpen, breaker.View.State);
    }

    [Fact]
    public void What_began_before_it_opened_neither_opens_nor_closes_it()
    {
        var before = Enter();
        Open();
        clock.Move(5);
        var probe = Enter();

        breaker.Report(before, true);
        Assert.Equal(BreakerState.HalfOpen, breaker.View.State);
        breaker.Report(before, false);
        breaker.Report(probe, false);

        Assert.Equal(BreakerState.HalfOpen, breaker.View.State);
    }

    [Fact]
    public void Restored_it_is_open_until_it_was_to_be_tried_again()
    {
        breaker.Restore(clock.GetUtcNow().AddSeconds(2));

        Assert.False(breaker.TryEnter(out _));
        clock.Move(2);
        Enter();
        Assert.Equal([BreakerState.HalfOpen], changes);
    }

    [Fact]
    public void Another_rule_takes_effect_at_once()
    {
        for (var i = 0; i < 4; i++) Send(true);
        breaker.Rule = Rule with { Minimum = 5 };
        Send(true);

        Assert.Equal(BreakerState.Open, breaker.View.State);
    }

    [Fact]
    public async Task Many_threads_let_no_more_probes_through_than_told()
    {
        Open();
        clock.Move(5);
        var entered = 0;

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 1000; i++)
            {
                if (breaker.TryEnter(out var _)) Interlocked.Increment(ref entered);
            }
        })));

        Assert.Equal(3, entered);
    }

    private void Open()
    {
        for (var i = 0; i < 10; i++) Send(true);
        Assert.Equal(BreakerState.Open, breaker.View.State);
    }

    private BreakerPermit Enter()
    {
        Assert.True(breaker.TryEnter(out var permit));
        return permit;
    }

    private void Send(bool? failed) => breaker.Report(Enter(), failed);
}
