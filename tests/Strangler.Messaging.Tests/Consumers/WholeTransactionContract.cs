using Microsoft.Extensions.Diagnostics.HealthChecks;
using Strangler.Tests.Servers;

namespace Strangler.Messaging.Tests;

/// <summary>What a consumer that asks for whole transactions is promised, on every store.</summary>
public abstract class WholeTransactionContract(Func<Task<TestStore>> create) : ConsumerSuite(create)
{
    /// <summary>Keys of two partitions, by turns.</summary>
    private static readonly string[] Both = [Key(0, 0), Key(1, 0)];

    private static readonly Dictionary<string, string?> ShortWait = new() { ["Messaging:Consumer:TransactionWait"] = "00:00:01" };

    protected override bool Whole => true;

    [Fact]
    [Behaviour(12)]
    public async Task Nobody_who_reads_the_store_ever_sees_a_transaction_by_half()
    {
        const int Transactions = 300;
        await using var consumer = await StartAsync();
        await using var publisher = await OpenPublisherAsync();
        using var stop = new CancellationTokenSource();
        // SQLite answers on the thread that asks.
        var reading = Task.Run(() => ReadAsync(stop.Token));

        var safe = new List<Task>();
        for (var position = 1UL; position <= Transactions; position++) safe.Add(await publisher.PublishAsync(Sample.Transaction(position, Both), CancellationToken.None));
        await Task.WhenAll(safe).WaitAsync(Sample.Deadline);
        await AppliedAsync(consumer, 2 * Transactions);
        await stop.CancelAsync();

        var (looks, halves) = await reading;
        Assert.Empty(halves);
        Assert.True(looks > 10, $"The store was looked at {looks} times.");
        foreach (var key in Both) Assert.Equal([.. Sample.Messages(key, Transactions).Select((_, index) => Version((ulong)index + 1, key))], await Counters.JournalAsync(key));
        await NothingIsLeftAsync();
    }

    [Fact]
    [Behaviour(12)]
    public async Task A_later_change_of_a_key_waits_until_the_transaction_before_it_is_whole()
    {
        await using var consumer = await StartAsync();
        await using var publisher = await OpenPublisherAsync();
        var transaction = Sample.Transaction(1, Both);

        await publisher.PublishSafelyAsync([transaction[0], Sample.Message(Both[0], 2), .. Sample.Transaction(3, Both[0], Key(1, 1)), Sample.Message(Key(0, 1), 9)]);
        Assert.Equal([Key(0, 1)], (await Counters.ValuesAsync()).Keys);
        await publisher.PublishSafelyAsync(transaction[1]);
        await AppliedAsync(consumer, 6);

        Assert.Equal([Version(1, Both[0]), new MessageVersion(2, 0).ToString(), new MessageVersion(3, 0).ToString()], await Counters.JournalAsync(Both[0]));
        Assert.Equal(6, (await Counters.QueryAsync<string>("select key from journal")).Count);
        await NothingIsLeftAsync();
    }

    [Fact]
    [Behaviour(12)]
    public async Task What_is_sent_again_before_or_after_the_transaction_is_whole_changes_nothing()
    {
        // Copies of a part that come just when the rest is done are forgotten after that time.
        await using var consumer = await StartAsync(settings: ShortWait);
        await using var publisher = await OpenPublisherAsync();
        var transaction = Sample.Transaction(5, Both[0], Both[1], Key(0, 1), Key(1, 1));

        await publisher.PublishSafelyAsync(transaction[..2]);
        await publisher.PublishSafelyAsync(transaction[..3]);
        Assert.Empty(await Counters.ValuesAsync());
        await publisher.PublishSafelyAsync(transaction);
        await AppliedAsync(consumer, 4);
        await publisher.PublishSafelyAsync(Sample.Message(Both[0], 6));
        await publisher.PublishSafelyAsync(transaction);

        Assert.Equal((5, 0), (consumer.Status.Counts.Applied, (await Counters.QueryAsync<string>("select key from journal group by key, version having count(*) > 1")).Count));
        await NothingIsLeftAsync();
    }

    [Fact]
    [Behaviour(12)]
    public async Task A_transaction_of_ten_thousand_messages_takes_effect_at_once()
    {
        const int Messages = 10_000;
        await using var consumer = await StartAsync();
        await using var publisher = await OpenPublisherAsync();
        var transaction = Sample.Transaction(7, [.. Enumerable.Range(0, Messages).Select(number => $"counter/{number}")]);
        using var stop = new CancellationTokenSource();
        var counting = Task.Run(() => CountAsync(stop.Token));

        foreach (var part in transaction.Chunk(500)) await publisher.PublishSafelyAsync(part);
        await AppliedAsync(consumer, Messages);
        await stop.CancelAsync();

        Assert.Subset(new HashSet<long> { 0, Messages }, await counting);
        Assert.Equal(Messages, await Counters.ScalarAsync<long>("select count(*) from journal"));
        await NothingIsLeftAsync();
    }

    [Fact]
    [Behaviour(12)]
    public async Task A_transaction_that_fails_leaves_nothing_behind_its_keys_wait_together_and_others_flow()
    {
        var script = new CountedHandler.Script();
        var (isPoisoned, other) = (true, Key(0, 1));
        script.Before = (message, _) => isPoisoned && message.Key == Both[1] && message.Version.Position == 1 ? throw new InvalidOperationException("Poison.") : Task.CompletedTask;
        await using var consumer = await StartAsync(script);
        await using var publisher = await OpenPublisherAsync();

        await publisher.PublishSafelyAsync([.. Sample.Transaction(1, Both), .. Sample.Transaction(2, other, Key(1, 1)), Sample.Message(Both[0], 3)]);
        await Wait.UntilAsync(() => consumer.Status.Counts.ParkedKeys == 2, "both keys are parked");
        Assert.Equal(new HashSet<string> { other, Key(1, 1) }, [.. (await Counters.ValuesAsync()).Keys]);
        Assert.All(await consumer.Parked.ListAsync(10, CancellationToken.None), static key => Assert.Equal(("parked", 5L, "InvalidOperationException: Poison."), (key.State, key.Attempts, key.Reason)));

        isPoisoned = false;
        var decision = Assert.Single(await consumer.Parked.RetryAsync([Both[0]], "ana", CancellationToken.None));
        await AppliedAsync(consumer, 5);

        Assert.Equal("flows", decision.Outcome);
        Assert.Equal([Version(1, Both[0]), new MessageVersion(3, 0).ToString()], await Counters.JournalAsync(Both[0]));
        await NothingIsLeftAsync();
    }

    [Fact]
    [Behaviour(12)]
    public async Task A_message_that_fails_holds_up_the_whole_of_the_transactions_behind_it_and_no_other()
    {
        var script = new CountedHandler.Script();
        var isPoisoned = true;
        script.Before = (message, _) => isPoisoned && message.Key == Both[0] && message.Version.Position == 1 ? throw new InvalidOperationException("Poison.") : Task.CompletedTask;
        await using var consumer = await StartAsync(script);
        await using var publisher = await OpenPublisherAsync();

        await publisher.PublishSafelyAsync([Sample.Message(Both[0], 1), .. Sample.Transaction(2, Both), .. Sample.Transaction(3, Both[1], Key(0, 1)), Sample.Message(Key(1, 1), 4)]);
        await Wait.UntilAsync(() => consumer.Status.Counts.ParkedKeys == 1, "the key is parked");
        Assert.Equal([Key(1, 1)], (await Counters.ValuesAsync()).Keys);

        isPoisoned = false;
        await consumer.Parked.RetryAsync([Both[0]], "ana", CancellationToken.None);
        await AppliedAsync(consumer, 6);

        Assert.Equal([new MessageVersion(1, 0).ToString(), new MessageVersion(2, 0).ToString()], await Counters.JournalAsync(Both[0]));
        Assert.Equal([Version(2, Both[1]), new MessageVersion(3, 0).ToString()], await Counters.JournalAsync(Both[1]));
        await NothingIsLeftAsync();
    }

    [Fact]
    [Behaviour(12)]
    public async Task A_consumer_of_some_types_waits_for_the_messages_of_these_alone()
    {
        await using var consumer = await StartAsync(types: [Sample.Counted, "sample.counter.moved.v1"]);
        await using var witness = await RunningConsumer.StartAsync(Medium, Counters, new() { Before = static (_, _) => throw new InvalidOperationException("Never mind.") }, types: ["sample.other.v1"], name: "witness");
        await Wait.UntilAsync(() => Medium.QueuesBoundFor("sample.other.v1", 0).Count > 0 && Medium.QueuesBoundFor("sample.other.v1", 1).Count > 0, "the witness is bound");
        await using var publisher = await OpenPublisherAsync();
        var transaction = Sample.Marked(
            Sample.Message(Both[0], 1, ordinal: 0), Sample.Message(Both[1], 1, "sample.counter.moved.v1", 1), Sample.Message(Key(0, 1), 1, "sample.other.v1", 2), Sample.Message(Key(1, 1), 1, "sample.other.v1", 3));

        await publisher.PublishSafelyAsync([transaction[0], .. transaction[2..]]);
        Assert.Empty(await Counters.ValuesAsync());
        await publisher.PublishSafelyAsync(transaction[1]);
        await AppliedAsync(consumer, 2);

        Assert.Equal(Both.Order(), (await Counters.ValuesAsync()).Keys.Order());
    }

    [Fact]
    [Behaviour(12)]
    public async Task A_transaction_whose_rest_does_not_come_is_told_and_takes_effect_when_it_comes_after_all()
    {
        await using var consumer = await StartAsync(settings: ShortWait);
        await using var publisher = await OpenPublisherAsync();
        var transaction = Sample.Transaction(1, Both[0], Both[1], Key(0, 1));

        await publisher.PublishSafelyAsync(transaction[..2]);
        await Wait.UntilAsync(() => consumer.Status.Counts.ParkedKeys == 2, "its keys are parked");
        var told = $"Transaction 'urn:sample:legacy 0000000000000001' is not whole: 2 of an unknown number of messages came since ";
        Assert.All(await consumer.Parked.ListAsync(10, CancellationToken.None), key => Assert.StartsWith(told, key.Reason, StringComparison.Ordinal));
        Assert.Empty(await Counters.ValuesAsync());
        var health = (await consumer.HealthAsync()).Entries["consumer counters"];
        Assert.Equal(HealthStatus.Unhealthy, health.Status);
        Assert.StartsWith(told, health.Description, StringComparison.Ordinal);

        await publisher.PublishSafelyAsync(transaction[2]);
        await AppliedAsync(consumer, 3);
        await Wait.UntilAsync(async () => (await consumer.HealthAsync()).Status == HealthStatus.Healthy, "all is well again");
        await NothingIsLeftAsync();
    }

    [Fact]
    [Behaviour(12)]
    public async Task An_operator_may_let_a_transaction_go_as_it_is_and_its_rest_does_not_wait_then()
    {
        await using var consumer = await StartAsync(settings: ShortWait);
        await using var publisher = await OpenPublisherAsync();
        var transaction = Sample.Transaction(1, Both[0], Both[1], Key(0, 1));
        await publisher.PublishSafelyAsync([.. transaction[1..], Sample.Message(Both[1], 2)]);
        await Wait.UntilAsync(() => consumer.Status.Counts.ParkedKeys == 2, "its keys are parked");

        Assert.Equal("waits", Assert.Single(await consumer.Parked.RetryAsync([Both[1]], "ana", CancellationToken.None)).Outcome);
        Assert.Empty(await Counters.ValuesAsync());
        Assert.Equal("flows", Assert.Single(await consumer.Parked.RetryAsync([Both[1]], "ana", incomplete: true, CancellationToken.None)).Outcome);
        await AppliedAsync(consumer, 3);
        await publisher.PublishSafelyAsync(transaction[0]);

        Assert.Equal(4, consumer.Status.Counts.Applied);
        Assert.Equal(
            [("retried", Both[1]), ("released", Both[1])],
            await Counters.QueryAsync<(string, string)>("select decision, key from messaging_decisions order by id"));
        await Wait.UntilAsync(async () => (await consumer.HealthAsync()).Status == HealthStatus.Healthy, "all is well again");
    }

    [Fact]
    [Behaviour(12)]
    public async Task Copies_of_a_transaction_that_was_done_are_forgotten_in_time()
    {
        await using var consumer = await StartAsync(settings: ShortWait);
        await using var publisher = await OpenPublisherAsync();
        var transaction = Sample.Transaction(1, Both);
        await publisher.PublishSafelyAsync(transaction);
        await AppliedAsync(consumer, 2);

        await publisher.PublishSafelyAsync(transaction[0]);
        await NothingIsLeftAsync();

        Assert.Equal((2, 1), (consumer.Status.Counts.Applied, consumer.Status.Counts.Duplicate));
        Assert.Equal(HealthStatus.Healthy, (await consumer.HealthAsync()).Status);
    }

    private static string Key(int partition, int number) =>
        Enumerable.Range(1, 1_000).Select(static candidate => $"counter/{candidate}").Where(key => Partitioner.PartitionOf(key, 2) == partition).ElementAt(number);

    private static string Version(ulong position, string key) => new MessageVersion(position, (uint)Array.IndexOf(Both, key)).ToString();

    private static Task AppliedAsync(RunningConsumer consumer, long messages) =>
        Wait.UntilAsync(() => consumer.Status.Counts.Applied >= messages, $"{messages} messages are applied");

    private Task NothingIsLeftAsync() => Wait.UntilAsync(
        async () => await Counters.ScalarAsync<long>(
            """
            select (select count(*) from messaging_transactions) + (select count(*) from messaging_transaction_messages)
              + (select count(*) from messaging_parked_keys) + (select count(*) from messaging_parked_messages)
            """) == 0,
        "nothing waits in the store");

    private async Task<(int Looks, List<string> Halves)> ReadAsync(CancellationToken stop)
    {
        var (looks, halves) = (0, new List<string>());
        while (!stop.IsCancellationRequested)
        {
            var values = await Counters.ValuesAsync();
            if (values.Count == 1 || values.Values.Distinct().Count() > 1) halves.Add(string.Join(", ", values));
            looks++;
        }

        return (looks, halves);
    }

    private async Task<HashSet<long>> CountAsync(CancellationToken stop)
    {
        var seen = new HashSet<long>();
        while (!stop.IsCancellationRequested) seen.Add(await Counters.ScalarAsync<long>("select count(*) from counters"));
        return seen;
    }
}
