using Strangler.Tests.Servers;

namespace Strangler.Messaging.Tests;

/// <summary>What every medium promises; each medium runs all of it.</summary>
public abstract class MediumContract
{
    private static readonly Subscription Counters = new("counters", [Sample.Counted]);

    /// <summary>A medium of its own for the test, disposed with it.</summary>
    protected abstract IMedium CreateMedium(int partitions = 1, IReadOnlyList<string>? requiredConsumers = null);

    [Fact]
    public async Task Messages_of_overlapping_calls_arrive_in_the_order_of_the_calls()
    {
        var medium = CreateMedium();
        await using var receiver = await OpenAsync(medium, Counters);
        await using var publisher = await OpenPublisherAsync(medium);
        var messages = Sample.Messages("counter/1", 300);

        var calls = messages.Chunk(7).Select(chunk => publisher.PublishAsync(chunk, CancellationToken.None)).ToList();
        var received = await receiver.ReceiveAsync(messages.Length);

        Sample.AssertSame(messages, received);
        await receiver.AcknowledgeAsync(CancellationToken.None);
        foreach (var call in calls) await (await call).WaitAsync(Sample.Deadline);
    }

    [Fact]
    public async Task Every_attribute_and_the_body_arrive_as_they_were_sent()
    {
        var medium = CreateMedium();
        await using var receiver = await OpenAsync(medium, Counters);
        await using var publisher = await OpenPublisherAsync(medium);
        var plain = Sample.Message("contador/São João ÿ/1", ulong.MaxValue, ordinal: uint.MaxValue) with { Time = new DateTimeOffset(2024, 2, 29, 23, 59, 59, TimeSpan.FromHours(-3)).AddTicks(1234567) };
        var rich = plain with
        {
            Id = "second",
            Warnings = ["name.lossy", "date.assumed"],
            TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        };
        var large = plain with { Id = "third", Data = Enumerable.Range(0, 3_000_000).Select(index => (byte)index).ToArray() };
        var empty = plain with { Id = "fourth", Data = default };

        var sent = await publisher.PublishAsync([plain, rich, large, empty], CancellationToken.None);
        var received = await receiver.ReceiveAsync(4);

        Sample.AssertSame([plain, rich, large, empty], received);
        Assert.All(received, message => Assert.Equal(TimeSpan.Zero, message.Time.Offset));
        await receiver.AcknowledgeAsync(CancellationToken.None);
        await sent.WaitAsync(Sample.Deadline);
    }

    [Fact]
    public async Task What_arrives_are_bytes_of_its_own()
    {
        var medium = CreateMedium();
        await using var first = await OpenAsync(medium, Counters);
        await using var other = await OpenAsync(medium, Counters with { Consumer = "others" });
        await using var publisher = await OpenPublisherAsync(medium);
        var message = Sample.Message("counter/1", 1);
        var intact = message with { Data = message.Data.ToArray() };

        _ = await publisher.PublishAsync([message], CancellationToken.None);
        var received = Assert.Single(await first.ReceiveAsync(1));
        Scribble(received);

        Sample.AssertSame(intact, message);
        Sample.AssertSame([intact], await other.ReceiveAsync(1));
        await first.DisposeAsync();
        await using var next = await OpenAsync(medium, Counters);
        Sample.AssertSame([intact], await next.ReceiveAsync(1));
    }

    [Fact]
    [Behaviour(17)]
    public async Task A_message_that_nobody_is_bound_for_fails_and_names_its_routing_key()
    {
        var medium = CreateMedium();
        await using var receiver = await OpenAsync(medium, Counters);
        await using var publisher = await OpenPublisherAsync(medium);
        var message = Sample.Message("counter/1", 1, "sample.counter.unheard.v1");

        var sent = await publisher.PublishAsync([message], CancellationToken.None);
        var failure = await Assert.ThrowsAsync<UnroutableMessageException>(() => sent.WaitAsync(Sample.Deadline));

        Assert.Equal(message.Id, failure.MessageId);
        Assert.Equal("0.sample.counter.unheard.v1", failure.RoutingKey);
        await Assert.ThrowsAsync<PublishFailedException>(() => publisher.PublishAsync([Sample.Message("counter/1", 2)], CancellationToken.None));
    }

    [Fact]
    public async Task A_message_that_cannot_be_written_is_refused_at_the_door()
    {
        var medium = CreateMedium();
        await using var receiver = await OpenAsync(medium, Counters);
        await using var publisher = await OpenPublisherAsync(medium);

        var refusal = await Assert.ThrowsAsync<ArgumentException>(
            () => publisher.PublishAsync([Sample.Message("counter/1", 1) with { Id = new string('é', 128) }], CancellationToken.None));

        Assert.Equal("The message's id is longer than 255 bytes of UTF-8. (Parameter 'id')", refusal.Message);
    }

    [Fact]
    public async Task Every_consumer_that_is_bound_for_a_type_gets_it_and_no_other()
    {
        var medium = CreateMedium();
        const string Renamed = "sample.counter.renamed.v1";
        await using var counted = await OpenAsync(medium, Counters);
        await using var both = await OpenAsync(medium, new("both", [Sample.Counted, Renamed]));
        await using var publisher = await OpenPublisherAsync(medium);
        Envelope[] messages = [Sample.Message("counter/1", 1), Sample.Message("counter/1", 2, Renamed), Sample.Message("counter/1", 3)];

        _ = await publisher.PublishAsync(messages, CancellationToken.None);

        Sample.AssertSame(messages, await both.ReceiveAsync(3));
        Sample.AssertSame([messages[0], messages[2]], await counted.ReceiveAsync(2));
    }

    [Fact]
    public async Task What_a_dead_receiver_did_not_acknowledge_comes_again_in_order_before_what_follows()
    {
        var medium = CreateMedium();
        var messages = Sample.Messages("counter/1", 40);
        await using var publisher = await OpenPublisherAsync(medium);
        await using (var dying = await OpenAsync(medium, Counters))
        {
            _ = await publisher.PublishAsync(messages[..30], CancellationToken.None);
            await dying.ReceiveAsync(10);
            await dying.AcknowledgeAsync(CancellationToken.None);
            await dying.ReceiveAsync(15);
        }

        _ = await publisher.PublishAsync(messages[30..], CancellationToken.None);
        await using var next = await OpenAsync(medium, Counters);

        Sample.AssertSame(messages[10..], await next.ReceiveAsync(30));
    }

    [Fact]
    public async Task A_standby_gets_nothing_until_the_active_receiver_is_gone_and_then_goes_on_in_order()
    {
        var medium = CreateMedium();
        var messages = Sample.Messages("counter/1", 20);
        await using var active = await OpenAsync(medium, Counters);
        await using var standby = await OpenAsync(medium, Counters);
        await using var publisher = await OpenPublisherAsync(medium);
        _ = await publisher.PublishAsync(messages, CancellationToken.None);
        var waiting = standby.ReceiveAsync(20);

        Sample.AssertSame(messages, await active.ReceiveAsync(20));
        Assert.False(waiting.IsCompleted);
        await active.DisposeAsync();

        Sample.AssertSame(messages, await waiting);
    }

    [Fact]
    public async Task A_copy_of_a_message_arrives_equal_to_the_first()
    {
        var medium = CreateMedium();
        await using var receiver = await OpenAsync(medium, Counters);
        var message = Sample.Message("counter/1", 1);
        await using var publisher = await OpenPublisherAsync(medium);
        await using var again = await OpenPublisherAsync(medium);
        _ = await publisher.PublishAsync([message], CancellationToken.None);
        _ = await again.PublishAsync([message], CancellationToken.None);

        Sample.AssertSame([message, message], await receiver.ReceiveAsync(2));
    }

    [Fact]
    public async Task A_cancelled_wait_loses_nothing()
    {
        var medium = CreateMedium();
        await using var receiver = await OpenAsync(medium, Counters);
        await using var publisher = await OpenPublisherAsync(medium);
        using var cancelled = new CancellationTokenSource();
        var waiting = receiver.ReceiveAsync(10, cancelled.Token);

        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        _ = await publisher.PublishAsync([Sample.Message("counter/1", 1)], CancellationToken.None);

        Sample.AssertSame([Sample.Message("counter/1", 1)], await receiver.ReceiveAsync(1));
    }

    [Fact]
    public async Task Keys_are_spread_over_the_partitions_by_the_documented_hash()
    {
        var medium = CreateMedium(partitions: 3);
        var messages = Enumerable.Range(1, 60).Select(number => Sample.Message($"counter/{number}", 1)).ToArray();
        var receivers = new List<IMessageReceiver>();
        for (var partition = 0; partition < 3; partition++) receivers.Add(await medium.OpenReceiverAsync(Counters, partition, CancellationToken.None));
        await using var publisher = await OpenPublisherAsync(medium);

        _ = await publisher.PublishAsync(messages, CancellationToken.None);

        for (var partition = 0; partition < 3; partition++)
        {
            var expected = messages.Where(message => Partitioner.PartitionOf(message.Key, 3) == partition).ToList();
            Sample.AssertSame(expected, await receivers[partition].ReceiveAsync(expected.Count));
            await receivers[partition].DisposeAsync();
        }
    }

    [Fact]
    public async Task A_publisher_opens_only_when_every_required_consumer_has_subscribed_in_every_partition()
    {
        var medium = CreateMedium(partitions: 2, requiredConsumers: ["counters", "late"]);
        await using var first = await medium.OpenReceiverAsync(Counters, 0, CancellationToken.None);
        await using var second = await medium.OpenReceiverAsync(Counters, 1, CancellationToken.None);
        await using var lateFirst = await medium.OpenReceiverAsync(Counters with { Consumer = "late" }, 0, CancellationToken.None);

        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => medium.OpenPublisherAsync(soon.Token));
        var opening = medium.OpenPublisherAsync(CancellationToken.None);
        Assert.False(opening.IsCompleted);
        await using var lateSecond = await medium.OpenReceiverAsync(Counters with { Consumer = "late" }, 1, CancellationToken.None);

        await using var publisher = await opening.WaitAsync(Sample.Deadline);
    }

    protected static Task<IMessagePublisher> OpenPublisherAsync(IMedium medium) => medium.OpenPublisherAsync(CancellationToken.None).WaitAsync(Sample.Deadline);

    protected static Task<IMessageReceiver> OpenAsync(IMedium medium, Subscription subscription) =>
        medium.OpenReceiverAsync(subscription, 0, CancellationToken.None).WaitAsync(Sample.Deadline);

    private static void Scribble(Envelope message)
    {
        Assert.True(System.Runtime.InteropServices.MemoryMarshal.TryGetArray(message.Data, out var bytes));
        bytes.AsSpan().Fill((byte)'x');
    }
}
