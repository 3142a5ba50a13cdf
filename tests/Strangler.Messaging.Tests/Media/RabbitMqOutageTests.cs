using System.Diagnostics;
using Strangler.Tests.Servers;

namespace Strangler.Messaging.Tests;

/// <summary>A broker of its own that is killed, or raises an alarm, under load.</summary>
public sealed class RabbitMqOutageTests(OwnBroker own) : IClassFixture<OwnBroker>
{
    private readonly PrivateRabbitMq broker = own.Require();

    [Fact]
    [Behaviour(14, 22)]
    public async Task A_broker_killed_under_load_is_noticed_at_once_and_publishing_resumes_within_15_s_loses_nothing_and_keeps_the_order()
    {
        const int Messages = 10_000, Keys = 50;
        await using var store = await TestStore.SqliteAsync();
        var counters = new Counters(store.Source);
        await counters.CreateAsync();
        var medium = CreateMedium(partitions: 2);
        var all = Enumerable.Range(0, Messages).Select(number => Sample.Message($"counter/{number % Keys}", (ulong)number)).ToArray();
        await using var consumer = await RunningConsumer.StartAsync(medium, counters);
        var publisher = new ResendingPublisher(medium, all);
        var publishing = publisher.RunAsync();
        await Wait.UntilAsync(() => publisher.Confirmed > Messages / 3, "a third is confirmed");

        await broker.KillAsync();
        var killed = Stopwatch.StartNew();
        await Wait.UntilAsync(() => publisher.Failures > 0, "the publisher notices");
        Assert.InRange(killed.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        var confirmedBefore = publisher.Confirmed;
        await broker.StartAsync();
        var back = Stopwatch.StartNew();
        await Wait.UntilAsync(() => publisher.Confirmed > confirmedBefore, "publishing resumes");
        Assert.InRange(back.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(15));

        await publishing.WaitAsync(TimeSpan.FromMinutes(1));
        await Wait.UntilAsync(() => consumer.Status.Counts.Applied == Messages, "every message is applied", TimeSpan.FromMinutes(1));
        for (var key = 0; key < Keys; key++)
        {
            var expected = Enumerable.Range(0, Messages / Keys).Select(round => new MessageVersion((ulong)((round * Keys) + key), 0).ToString());
            Assert.Equal(expected, await counters.JournalAsync($"counter/{key}"));
        }

        var counts = consumer.Status.Counts;
        Assert.Equal(counts.Received, counts.Applied + counts.Duplicate + counts.Stale);
        Assert.Empty(consumer.Status.Troubles);
    }

    [Fact]
    [Behaviour(18, 22)]
    public async Task A_queue_that_is_full_again_and_again_holds_the_publisher_back_and_no_message_of_a_key_is_overtaken_by_a_later_one()
    {
        const int Messages = 2_000, Keys = 10, Longest = 50;
        await using var store = await TestStore.SqliteAsync();
        var counters = new Counters(store.Source);
        await counters.CreateAsync();
        var medium = CreateMedium(partitions: 1);
        var all = Enumerable.Range(0, Messages).Select(number => Sample.Message($"counter/{number % Keys}", (ulong)number)).ToArray();
        await using (await medium.OpenReceiverAsync(new("counters", [Sample.Counted]), 0, CancellationToken.None))
        {
            await (await medium.OpenPublisherAsync(CancellationToken.None)).DisposeAsync();
        }

        await broker.ControlAsync("set_policy", "short", $"^{medium.Name}\\.counters", $$"""{"max-length":{{Longest}},"overflow":"reject-publish"}""", "--apply-to", "queues");
        var publisher = new ResendingPublisher(medium, all);
        var publishing = publisher.RunAsync();

        await Wait.UntilAsync(() => publisher.Failures > 5, "the broker refuses");
        Assert.InRange(publisher.Confirmed, 0, Messages / 2); // A quorum queue notices its limit late.
        var settings = new Dictionary<string, string?> { ["Messaging:Consumer:BatchSize"] = "20" };
        await using var consumer = await RunningConsumer.StartAsync(medium, counters, settings: settings);
        await publishing.WaitAsync(TimeSpan.FromMinutes(1));
        await Wait.UntilAsync(async () => await counters.ScalarAsync<long>("select max(value) from journal") == Messages - 1, "the last message is applied", TimeSpan.FromMinutes(1));

        // Each message, not only the last: a message may be a fact that no later one repeats.
        for (var key = 0; key < Keys; key++)
        {
            var expected = Enumerable.Range(0, Messages / Keys).Select(round => new MessageVersion((ulong)((round * Keys) + key), 0).ToString());
            Assert.Equal(expected, await counters.JournalAsync($"counter/{key}"));
        }

        await broker.ControlAsync("clear_policy", "short");
    }

    [Theory]
    [Behaviour(19)]
    [InlineData("low on memory", "set_vm_memory_high_watermark absolute 1", "set_vm_memory_high_watermark 0.4")]
    [InlineData("low on disk", "set_disk_free_limit 900000000000000", "set_disk_free_limit 200MB")]
    public async Task An_alarm_is_visible_holds_the_publisher_and_goes_on_by_itself(string reason, string raise, string clear)
    {
        var medium = CreateMedium(partitions: 1, confirmTimeout: TimeSpan.FromMilliseconds(500));
        await using var receiver = await medium.OpenReceiverAsync(new("counters", [Sample.Counted]), 0, CancellationToken.None);
        await using var publisher = await medium.OpenPublisherAsync(CancellationToken.None);
        await publisher.PublishSafelyAsync(Sample.Message("counter/1", 1));
        Assert.Null(publisher.BlockedReason);

        await broker.ControlAsync(raise.Split(' '));
        // RabbitMQ blocks a connection that publishes. Its part that reads this connection may learn of the alarm just after this message, which is then confirmed.
        var first = await publisher.PublishAsync([Sample.Message("counter/1", 2)], CancellationToken.None);
        await Wait.UntilAsync(() => publisher.BlockedReason is not null, "the block is visible");
        Assert.Equal(reason, publisher.BlockedReason);
        var second = publisher.PublishAsync([Sample.Message("counter/1", 3)], CancellationToken.None);

        // Well over the confirm timeout and the heartbeats: a block is no black hole.
        await Task.WhenAny(second, Task.Delay(TimeSpan.FromSeconds(4)));
        Assert.False(second.IsCompleted);
        Assert.False(first.IsFaulted);

        await broker.ControlAsync(clear.Split(' '));
        await first.WaitAsync(Sample.Deadline);
        await (await second.WaitAsync(Sample.Deadline)).WaitAsync(Sample.Deadline);
        Assert.Null(publisher.BlockedReason);
        Assert.Equal([1UL, 2UL, 3UL], (await receiver.ReceiveAsync(3)).Select(message => message.Version.Position));
    }

    private RabbitMqMedium CreateMedium(int partitions, TimeSpan? confirmTimeout = null)
    {
        var options = new MessagingOptions { Exchange = $"outage-{Guid.NewGuid():N}", Partitions = partitions };
        options.RabbitMq.Uri = broker.Address;
        options.RabbitMq.Heartbeat = TimeSpan.FromSeconds(1);
        options.RabbitMq.ConfirmTimeout = confirmTimeout ?? TimeSpan.FromSeconds(10);
        options.RequiredConsumers.Add("counters");
        return new(options);
    }
}

/// <summary>One private broker for the class; it takes seconds to start.</summary>
public sealed class OwnBroker : IAsyncLifetime
{
    private PrivateRabbitMq? broker;

    public async ValueTask InitializeAsync()
    {
        // A fixture cannot skip: the test does.
        if (Environment.GetEnvironmentVariable(TestServers.RabbitMqVariable) is { Length: > 0 }) broker = await PrivateRabbitMq.StartNewAsync();
    }

    public PrivateRabbitMq Require()
    {
        TestServers.RequireRabbitMq();
        return broker!;
    }

    public async ValueTask DisposeAsync()
    {
        if (broker is not null) await broker.DisposeAsync();
    }
}
