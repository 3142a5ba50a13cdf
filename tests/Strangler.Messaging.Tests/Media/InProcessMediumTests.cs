namespace Strangler.Messaging.Tests;

public sealed class InProcessMediumTests : MediumContract
{
    private static readonly Subscription Counters = new("counters", [Sample.Counted]);

    [Fact]
    public async Task A_message_is_safe_only_when_every_bound_consumer_has_acknowledged_it()
    {
        var medium = new InProcessMedium(partitions: 1);
        await using var first = await OpenAsync(medium, Counters);
        await using var second = await OpenAsync(medium, Counters with { Consumer = "others" });
        await using var publisher = await OpenPublisherAsync(medium);

        var safe = await publisher.PublishAsync(Sample.Messages("counter/1", 2), CancellationToken.None);
        await first.ReceiveAsync(2);
        await first.AcknowledgeAsync(CancellationToken.None);
        await second.ReceiveAsync(1);
        await second.AcknowledgeAsync(CancellationToken.None);
        Assert.False(safe.IsCompleted);

        await second.ReceiveAsync(1);
        await second.AcknowledgeAsync(CancellationToken.None);
        await safe.WaitAsync(Sample.Deadline);
    }

    [Fact]
    public async Task A_publisher_waits_while_the_window_is_full_and_goes_on_when_messages_are_safe()
    {
        var medium = new InProcessMedium(partitions: 1, window: 10);
        await using var receiver = await OpenAsync(medium, Counters);
        await using var publisher = await OpenPublisherAsync(medium);
        var messages = Sample.Messages("counter/1", 25);

        var sending = publisher.PublishAsync(messages, CancellationToken.None);
        Sample.AssertSame(messages[..10], await receiver.ReceiveAsync(100, CancellationToken.None));
        Assert.False(sending.IsCompleted);

        await receiver.AcknowledgeAsync(CancellationToken.None);
        Sample.AssertSame(messages[10..20], await receiver.ReceiveAsync(10));
        await receiver.AcknowledgeAsync(CancellationToken.None);
        Sample.AssertSame(messages[20..], await receiver.ReceiveAsync(5));
        await receiver.AcknowledgeAsync(CancellationToken.None);
        await (await sending.WaitAsync(Sample.Deadline)).WaitAsync(Sample.Deadline);
    }

    [Fact]
    public async Task Messages_wait_for_a_consumer_that_is_away()
    {
        var medium = new InProcessMedium(partitions: 1);
        await (await OpenAsync(medium, Counters)).DisposeAsync();
        await using var publisher = await OpenPublisherAsync(medium);
        var messages = Sample.Messages("counter/1", 3);

        var safe = await publisher.PublishAsync(messages, CancellationToken.None);
        Assert.False(safe.IsCompleted);
        await using var back = await OpenAsync(medium, Counters);

        Sample.AssertSame(messages, await back.ReceiveAsync(3));
        await back.AcknowledgeAsync(CancellationToken.None);
        await safe.WaitAsync(Sample.Deadline);
    }

    [Fact]
    public async Task A_disposed_publisher_sends_no_more()
    {
        var medium = new InProcessMedium(partitions: 1, window: 1);
        await using var receiver = await OpenAsync(medium, Counters);
        var publisher = await OpenPublisherAsync(medium);
        var waiting = publisher.PublishAsync(Sample.Messages("counter/1", 2), CancellationToken.None);

        await publisher.DisposeAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => publisher.PublishAsync(Sample.Messages("counter/1", 2), CancellationToken.None));
    }

    protected override IMedium CreateMedium(int partitions = 1, IReadOnlyList<string>? requiredConsumers = null) =>
        new InProcessMedium(partitions, requiredConsumers: requiredConsumers);
}
