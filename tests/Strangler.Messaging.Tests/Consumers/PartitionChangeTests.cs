using Strangler.Tests.Servers;

namespace Strangler.Messaging.Tests;

/// <summary>Another number of partitions, over RabbitMQ and PostgreSQL, with consumers as processes.</summary>
public sealed class PartitionChangeTests : IAsyncLifetime
{
    private readonly MessagingOptions before = new() { Exchange = $"few-{Guid.NewGuid():N}", Partitions = 2, RequiredConsumers = { "counters" } };
    private readonly MessagingOptions after = new() { Exchange = $"many-{Guid.NewGuid():N}", Partitions = 5, RequiredConsumers = { "counters" } };
    private TestDatabase database = null!;
    private Counters counters = null!;

    public async ValueTask InitializeAsync()
    {
        foreach (var options in new[] { before, after })
        {
            options.RabbitMq.Uri = TestServers.RequireRabbitMq();
            options.RabbitMq.QueueSettleTime = TimeSpan.FromMilliseconds(200);
        }

        (after.Former.Exchange, after.Former.Partitions) = (before.Exchange, before.Partitions);
        database = await TestDatabase.CreateAsync("partitions");
        counters = new(StoreDataSource.Create(database.ConnectionString));
        await counters.CreateAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await counters.Store.DisposeAsync();
        await RawBroker.DeleteAsync(before, ["counters"]);
        await RawBroker.DeleteAsync(after, ["counters"]);
        await database.DisposeAsync();
    }

    [Fact]
    [Behaviour(21)]
    public async Task Another_number_of_partitions_under_load_loses_doubles_and_reorders_nothing()
    {
        const int Keys = 30, Rounds = 400;
        var messages = Enumerable.Range(1, Rounds).SelectMany(position => Enumerable.Range(0, Keys).Select(key => Sample.Message($"counter/{key}", (ulong)position))).ToArray();
        var (early, late) = (messages[..(messages.Length / 2)], messages[(messages.Length / 2)..]);
        await using var old = Start(before);
        await using (var publisher = await OpenPublisherAsync(before))
        {
            // A third is applied as before; the rest waits in the former queues when the new ones begin to fill.
            await publisher.PublishSafelyAsync(early[..(early.Length / 3)]);
            await old.KillAsync();
            await publisher.PublishSafelyAsync(early[(early.Length / 3)..]);
        }

        await using var first = Start(after);
        await using var second = Start(after);
        await using (var publisher = await OpenPublisherAsync(after))
        {
            foreach (var batch in late.Chunk(500)) await publisher.PublishSafelyAsync(batch);
        }

        await Wait.UntilAsync(async () => await counters.ScalarAsync<long>("select count(*) from journal") >= messages.Length, "every message is applied", TimeSpan.FromSeconds(60));
        for (var key = 0; key < Keys; key++)
        {
            Assert.Equal(messages.Where(message => message.Key == $"counter/{key}").Select(message => message.Version.ToString()), await counters.JournalAsync($"counter/{key}"));
        }
    }

    [Fact]
    [Behaviour(21)]
    public async Task Nothing_of_the_new_queues_is_taken_before_the_former_ones_are_handled_to_their_end()
    {
        // The former queues hold a message that is never acknowledged: somebody else is at it.
        var former = new RabbitMqMedium(before);
        await using (var busy = await former.OpenReceiverAsync(new("counters", [Sample.Counted]), 0, CancellationToken.None))
        {
            await using (await former.OpenReceiverAsync(new("counters", [Sample.Counted]), 1, CancellationToken.None))
            {
                await using var publisher = await OpenPublisherAsync(before);
                await publisher.PublishSafelyAsync(Sample.Messages(KeyOf(0), 1));
            }

            await busy.ReceiveAsync(1);
            await using var consumer = await RunningConsumer.StartAsync(new RabbitMqMedium(after), counters);
            await using var next = await OpenPublisherAsync(after);
            await next.PublishSafelyAsync(Sample.Messages(KeyOf(0), 1, from: 2));
            await Wait.UntilAsync(() => consumer.Status.Troubles.Count(trouble => trouble.EndsWith($"waits until '{before.Exchange}' is handled to its end", StringComparison.Ordinal)) == 5, "the new partitions wait, and say so");
            await Wait.UntilAsync(async () => await counters.ScalarAsync<long>("select count(*) from messaging_closed") == 1, "the other former partition is done");
            Assert.Empty(await counters.JournalAsync(KeyOf(0)));

            await busy.DisposeAsync();
            await Wait.UntilAsync(() => consumer.Status.Counts.Applied == 2, "both are applied");
            Assert.Equal([new MessageVersion(1, 0).ToString(), new MessageVersion(2, 0).ToString()], await counters.JournalAsync(KeyOf(0)));
            await Wait.UntilAsync(() => consumer.Status.Troubles.Count == 0, "no partition waits any more");
        }
    }

    [Fact]
    [Behaviour(21)]
    public async Task Whoever_has_another_number_of_partitions_of_an_exchange_is_refused_with_the_cure()
    {
        await (await new RabbitMqMedium(before).OpenReceiverAsync(new("counters", [Sample.Counted]), 0, CancellationToken.None)).DisposeAsync();
        var other = new MessagingOptions { Exchange = before.Exchange, Partitions = 3 };
        other.RabbitMq.Uri = before.RabbitMq.Uri;

        var consumer = await Assert.ThrowsAsync<MediumLostException>(() => new RabbitMqMedium(other).OpenReceiverAsync(new("counters", [Sample.Counted]), 0, CancellationToken.None));
        var publisher = await Assert.ThrowsAsync<MediumLostException>(() => new RabbitMqMedium(other).OpenPublisherAsync(CancellationToken.None));

        Assert.StartsWith($"Agreeing on 3 partitions of exchange '{before.Exchange}' (another number needs another Messaging:Exchange, and this one as Messaging:Former): ", consumer.Message, StringComparison.Ordinal);
        Assert.Contains("received '3' but current is '2'", consumer.Message, StringComparison.Ordinal);
        Assert.Equal(consumer.Message, publisher.Message);
    }

    private static string KeyOf(int partition) => Enumerable.Range(0, 100).Select(number => $"counter/{number}").First(key => Partitioner.PartitionOf(key, 2) == partition);

    private ConsumerProcess Start(MessagingOptions options) => ConsumerProcess.Start(options, database.ConnectionString);

    private static Task<IMessagePublisher> OpenPublisherAsync(MessagingOptions options) => new RabbitMqMedium(options).OpenPublisherAsync(CancellationToken.None).WaitAsync(Sample.Deadline);
}
