using System.Text;
using Strangler.Tests.Servers;

namespace Strangler.Messaging.Tests;

/// <summary>What an operator can do about keys that wait, on every store.</summary>
public abstract class ParkedKeyContract(Func<Task<TestStore>> create) : ConsumerSuite(create)
{
    private readonly HashSet<(string Key, ulong Position)> poison = [];

    [Fact]
    [Behaviour(43)]
    public async Task Retry_applies_in_order_and_once_what_waits_while_new_messages_of_the_key_queue_behind_it()
    {
        poison.Add(("counter/1", 2));
        await using var consumer = await StartPoisonedAsync();
        await using var publisher = await OpenPublisherAsync();
        await publisher.PublishSafelyAsync([.. Sample.Messages("counter/1", 700), .. Sample.Messages("counter/2", 10)]);
        await Wait.UntilAsync(() => consumer.Status.Counts.Parked == 699, "the key is parked");

        Heal();
        var safe = Enumerable.Range(0, 30).Select(chunk => publisher.PublishAsync(Sample.Messages("counter/1", 10, from: 701 + ((ulong)chunk * 10)), CancellationToken.None)).ToList();
        var decision = Assert.Single(await consumer.Parked.RetryAsync(["counter/1"], "ana", CancellationToken.None));
        foreach (var call in safe) await (await call).WaitAsync(Sample.Deadline);
        await Wait.UntilAsync(() => consumer.Status.Counts.Applied == 1_010, "everything is applied");

        Assert.Equal(("counter/1", "flows", 0L), (decision.Key, decision.Outcome, decision.Left));
        Assert.InRange(decision.Applied, 699, 999); // What came meanwhile and queued behind counts as waiting too.
        Assert.Equal(Versions(1, 1_000), await Counters.JournalAsync("counter/1"));
        Assert.Equal((0, 0), (consumer.Status.Counts.Parked, consumer.Status.Counts.ParkedKeys));
        Assert.Equal([("retried", "ana", "counter/1", "InvalidOperationException: Poison.")], await DecisionsAsync());
    }

    [Fact]
    public async Task Retry_of_all_takes_every_parked_key_and_says_which_waits_on()
    {
        poison.UnionWith([("counter/1", 1), ("counter/2", 1), ("counter/3", 2)]);
        await using var consumer = await StartPoisonedAsync();
        await using var publisher = await OpenPublisherAsync();
        await publisher.PublishSafelyAsync([.. Keys(4).SelectMany(key => Sample.Messages(key, 3))]);
        await Wait.UntilAsync(() => consumer.Status.Counts.ParkedKeys == 3, "three keys are parked");

        Heal("counter/1", "counter/3");
        var decisions = await consumer.Parked.RetryAsync(null, "ana", CancellationToken.None);

        Assert.Equal(
            [("counter/1", "flows", 3L, 0, null), ("counter/2", "waits", 0L, 3, "InvalidOperationException: Poison."), ("counter/3", "flows", 2L, 0, null)],
            decisions.OrderBy(decision => decision.Key).Select(decision => (decision.Key, decision.Outcome, decision.Applied, (int)decision.Left, decision.Reason)));
        await Wait.UntilAsync(() => consumer.Status.Counts is { ParkedKeys: 1, Waiting: 0 }, "the one that failed again is parked again");
        Assert.Equal(("counter/2", "parked", 5L), (await consumer.Parked.ListAsync(10, CancellationToken.None)) is [var left] ? (left.Key, left.State, left.Attempts) : default);
    }

    [Fact]
    [Behaviour(43)]
    public async Task Discard_gives_up_the_message_that_fails_for_ever_and_keeps_it_with_who_and_why()
    {
        poison.Add(("counter/1", 2));
        await using var consumer = await StartPoisonedAsync();
        await using var publisher = await OpenPublisherAsync();
        var messages = Sample.Messages("counter/1", 5);
        await publisher.PublishSafelyAsync(messages[..3]);
        await Wait.UntilAsync(() => consumer.Status.Counts.Parked == 2, "the key is parked");

        var decision = await consumer.Parked.DiscardAsync("counter/1", all: false, "ana", "sent by a test of legacy", CancellationToken.None);
        await publisher.PublishSafelyAsync(messages[3..]);
        Heal();
        await publisher.PublishSafelyAsync(messages);

        Assert.Equal(("flows", 1L, 1, 0L), (decision.Outcome, decision.Applied, decision.Discarded, decision.Left));
        Assert.Equal([.. Versions(1, 1), .. Versions(3, 5)], await Counters.JournalAsync("counter/1"));
        var (who, why, key, headers, body) = Assert.Single(await Counters.QueryAsync<(string, string, string, string, byte[])>(
            "select who, why, key, headers, body from messaging_decisions where decision = 'discarded'"));
        Assert.Equal(("ana", "sent by a test of legacy", "counter/1"), (who, why, key));
        Sample.AssertSame(messages[1], EnvelopeText.Read(headers, body));
    }

    [Fact]
    public async Task Discard_of_the_last_message_that_waits_is_seen_by_its_copies_too()
    {
        poison.Add(("counter/1", 1));
        await using var consumer = await StartPoisonedAsync();
        await using var publisher = await OpenPublisherAsync();
        await publisher.PublishSafelyAsync(Sample.Message("counter/1", 1));
        await Wait.UntilAsync(() => consumer.Status.Counts.Parked == 1, "the key is parked");

        var decision = await consumer.Parked.DiscardAsync("counter/1", all: false, "ana", "nobody's", CancellationToken.None);
        Heal();
        await publisher.PublishSafelyAsync(Sample.Message("counter/1", 1));

        Assert.Equal(("flows", 0L, 1), (decision.Outcome, decision.Applied, decision.Discarded));
        Assert.Empty(await Counters.JournalAsync("counter/1"));
        Assert.Equal(1, consumer.Status.Counts.Duplicate);
    }

    [Fact]
    public async Task Discard_of_all_gives_up_what_waits_and_not_what_comes_later()
    {
        poison.UnionWith([("counter/1", 2), ("counter/1", 3)]);
        await using var consumer = await StartPoisonedAsync();
        await using var publisher = await OpenPublisherAsync();
        await publisher.PublishSafelyAsync(Sample.Messages("counter/1", 4));
        await Wait.UntilAsync(() => consumer.Status.Counts.Parked == 3, "the key is parked");

        var decision = await consumer.Parked.DiscardAsync("counter/1", all: true, "ana", "a bad import", CancellationToken.None);
        await publisher.PublishSafelyAsync(Sample.Message("counter/1", 5));

        Assert.Equal(("flows", 3), (decision.Outcome, decision.Discarded));
        Assert.Equal([.. Versions(1, 1), .. Versions(5, 5)], await Counters.JournalAsync("counter/1"));
        Assert.Equal(3, await Counters.ScalarAsync<long>("select count(*) from messaging_decisions where headers is not null"));
    }

    [Fact]
    public async Task Show_says_what_waits_in_order_and_no_value_of_it()
    {
        poison.Add(("counter/1", 1));
        await using var consumer = await StartPoisonedAsync();
        await using var publisher = await OpenPublisherAsync();
        var secret = Sample.Message("counter/1", 1) with { Data = Encoding.UTF8.GetBytes("""{"value":17,"name":"Maria Silva","tags":["b1",true,null],"123.456.789-09":"x"}""") };
        await publisher.PublishSafelyAsync(secret, Sample.Message("counter/1", 2) with { Data = "no json, Maria"u8.ToArray() });
        await Wait.UntilAsync(() => consumer.Status.Counts.Parked == 2, "the key is parked");

        var shown = await consumer.Parked.ShowAsync("counter/1", 10, CancellationToken.None);

        var (key, messages) = Assert.NotNull(shown);
        Assert.Equal(("counters", "counter/1", "parked", 5L, 2L, Sample.Counted), (key.Consumer, key.Key, key.State, key.Attempts, key.Messages, key.Type));
        Assert.Equal(
            ["""{"value":"99","name":"xxxxx xxxxx","tags":["x9",true,null],"999.999.999-99":"x"}""", "\"xx xxxx, xxxxx\""],
            messages.Select(message => message.Body!.ToJsonString()));
        Assert.Equal([(1L, secret.Id, secret.Version.ToString()), (2L, Sample.Message("counter/1", 2).Id, new MessageVersion(2, 0).ToString())], messages.Select(message => (message.Position, message.Id, message.Version)));
    }

    [Fact]
    public async Task A_key_that_does_not_wait_is_unknown()
    {
        await using var consumer = await StartAsync();

        Assert.Null(await consumer.Parked.ShowAsync("counter/1", 10, CancellationToken.None));
        Assert.Equal("unknown", (await consumer.Parked.DiscardAsync("counter/1", all: true, "ana", "why", CancellationToken.None)).Outcome);
        Assert.Equal("unknown", Assert.Single(await consumer.Parked.RetryAsync(["counter/1"], "ana", CancellationToken.None)).Outcome);
        Assert.Empty(await consumer.Parked.RetryAsync(null, "ana", CancellationToken.None));
        Assert.Empty(await DecisionsAsync());
    }

    private Task<RunningConsumer> StartPoisonedAsync() => StartAsync(new()
    {
        Before = (message, _) =>
        {
            lock (poison)
            {
                return poison.Contains((message.Key, message.Version.Position)) ? throw new InvalidOperationException("Poison.") : Task.CompletedTask;
            }
        },
    });

    /// <summary>The cause is gone, for these keys or for all.</summary>
    private void Heal(params string[] keys)
    {
        lock (poison) poison.RemoveWhere(message => keys.Length == 0 || keys.Contains(message.Key));
    }

    private Task<IReadOnlyList<(string Decision, string Who, string Key, string Reason)>> DecisionsAsync() =>
        Counters.QueryAsync<(string, string, string, string)>("select decision, who, key, reason from messaging_decisions order by id");
}
