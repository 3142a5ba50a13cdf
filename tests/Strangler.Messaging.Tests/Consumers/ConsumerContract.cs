using Microsoft.Extensions.Diagnostics.HealthChecks;
using Strangler.Tests.Servers;

namespace Strangler.Messaging.Tests;

/// <summary>What a consumer promises on every store, over the in-process medium.</summary>
public abstract class ConsumerContract(Func<Task<TestStore>> create) : ConsumerSuite(create)
{
    [Fact]
    public async Task Messages_take_effect_in_the_order_of_their_key()
    {
        await using var consumer = await StartAsync();
        await using var publisher = await OpenPublisherAsync();
        var messages = Enumerable.Range(1, 200).SelectMany(position => Keys(5).Select(key => Sample.Message(key, (ulong)position))).ToArray();

        await publisher.PublishSafelyAsync(messages);

        foreach (var key in Keys(5))
        {
            Assert.Equal(Enumerable.Range(1, 200).Select(position => new MessageVersion((ulong)position, 0).ToString()), await Counters.JournalAsync(key));
            Assert.Equal(200, (await Counters.ValuesAsync())[key]);
        }

        Assert.Equal(new ConsumerCounts(Received: 1000, Applied: 1000, 0, 0, 0, 0, 0), consumer.Status.Counts);
    }

    [Fact]
    public async Task A_copy_is_recognised_in_the_same_batch_and_in_a_later_one_and_after_a_restart()
    {
        var message = Sample.Message("counter/1", 1);
        await using (var consumer = await StartAsync())
        {
            await using var publisher = await OpenPublisherAsync();
            await publisher.PublishSafelyAsync(message, message);
            await publisher.PublishSafelyAsync(message);
            Assert.Equal(new ConsumerCounts(Received: 3, Applied: 1, Duplicate: 2, 0, 0, 0, 0), consumer.Status.Counts);
        }

        await using var restarted = await StartAsync();
        await using var again = await OpenPublisherAsync();
        await again.PublishSafelyAsync(message);

        Assert.Equal(new ConsumerCounts(Received: 1, Applied: 0, Duplicate: 1, 0, 0, 0, 0), restarted.Status.Counts);
        Assert.Single(await Counters.JournalAsync("counter/1"));
    }

    [Fact]
    [Behaviour(7)]
    public async Task An_older_version_never_overwrites_a_newer_one_in_any_order_of_arrival()
    {
        await using var consumer = await StartAsync();
        await using var publisher = await OpenPublisherAsync();
        var orders = Permutations([1, 2, 3, 4, 5]).ToList();

        foreach (var (order, number) in orders.Select((order, number) => (order, number)))
        {
            // One by one for half of the orders, in one batch for the others.
            var messages = order.Select(position => Sample.Message($"counter/{number}", position)).ToArray();
            if (number % 2 == 0) await publisher.PublishSafelyAsync(messages);
            else foreach (var message in messages) await publisher.PublishSafelyAsync(message);
        }

        foreach (var (order, number) in orders.Select((order, number) => (order, number)))
        {
            var journal = await Counters.JournalAsync($"counter/{number}");
            Assert.Equal(RisingPrefixMaxima(order).Select(position => new MessageVersion(position, 0).ToString()), journal);
        }

        Assert.All(await Counters.ValuesAsync(), counter => Assert.Equal(5, counter.Value));
        var counts = consumer.Status.Counts;
        Assert.Equal(counts.Received, counts.Applied + counts.Duplicate + counts.Stale + counts.CameToWait);
        Assert.Equal(orders.Count * 5, counts.Received);
    }

    [Fact]
    public async Task Two_facts_of_one_change_are_both_applied_and_two_majors_of_one_fact_once()
    {
        string[] types = ["sample.counter.counted.v1", "sample.counter.counted.v2", "sample.counter.renamed.v1"];
        await using var consumer = await StartAsync(types: types);
        await using var publisher = await OpenPublisherAsync();
        var sameVersion = types.Select(type => Sample.Message("counter/1", 1, type)).ToArray();

        await publisher.PublishSafelyAsync(sameVersion);
        foreach (var older in types) await publisher.PublishSafelyAsync(Sample.Message("counter/1", 0, older));
        await publisher.PublishSafelyAsync([.. sameVersion.Select(message => message with { Id = message.Id + "/backfilled" })]);

        Assert.Equal(new ConsumerCounts(Received: 9, Applied: 2, Duplicate: 4, Stale: 3, 0, 0, 0), consumer.Status.Counts);
    }

    [Fact]
    public async Task A_key_that_fails_and_recovers_pauses_alone_and_keeps_its_order()
    {
        var failures = 3;
        await using var consumer = await StartAsync(new()
        {
            Before = (message, _) => message is { Key: "counter/1", Version.Position: 2 } && Interlocked.Decrement(ref failures) >= 0
                ? throw new InvalidOperationException("Not yet.")
                : Task.CompletedTask,
        });
        await using var publisher = await OpenPublisherAsync();
        var messages = Enumerable.Range(1, 20).SelectMany(position => Keys(4).Select(key => Sample.Message(key, (ulong)position))).ToArray();

        await publisher.PublishSafelyAsync(messages);
        await Wait.UntilAsync(() => consumer.Status.Counts.Applied == messages.Length, "all messages are applied");

        foreach (var key in Keys(4))
        {
            Assert.Equal(Enumerable.Range(1, 20).Select(position => new MessageVersion((ulong)position, 0).ToString()), await Counters.JournalAsync(key));
        }

        Assert.Equal(0, await Counters.ScalarAsync<long>("select count(*) from messaging_parked_keys"));
        Assert.Equal(0, await Counters.ScalarAsync<long>("select count(*) from messaging_parked_messages"));
    }

    [Fact]
    public async Task A_key_that_keeps_failing_is_parked_with_all_that_follows_it_in_order_and_stops_nobody()
    {
        var attempts = 0;
        var script = new CountedHandler.Script
        {
            Before = (message, _) =>
            {
                if (message is not { Key: "counter/1", Version.Position: 2 }) return Task.CompletedTask;
                Interlocked.Increment(ref attempts);
                throw new InvalidOperationException("Patient 'Maria da Silva' (CPF 123.456.789-09, maria@example.org) is unknown to SILVA.");
            },
        };
        await using var consumer = await StartAsync(script);
        await using var publisher = await OpenPublisherAsync();
        var messages = Enumerable.Range(1, 6).SelectMany(position => Keys(4).Select(key => Sample.Message(key, (ulong)position))).ToArray();

        await publisher.PublishSafelyAsync(messages[..12]);
        await Wait.UntilAsync(() => consumer.Status.Counts.Parked > 0, "the key is parked");
        await publisher.PublishSafelyAsync(messages[12..]);
        await Wait.UntilAsync(() => consumer.Status.Counts.Parked == 5, "what follows is parked too");

        Assert.Equal(
            [(1, "ce-id", 2UL), (2, "ce-id", 3UL), (3, "ce-id", 4UL), (4, "ce-id", 5UL), (5, "ce-id", 6UL)],
            (await Counters.QueryAsync<(long Position, string Headers)>("select position, headers from messaging_parked_messages order by position"))
                .Select(row => ((int)row.Position, "ce-id", EnvelopeText.Read(row.Headers, []).Version.Position)));
        var (key, reason, dueAt) = Assert.Single(await Counters.QueryAsync<(string, string, string?)>("select key, reason, due_at from messaging_parked_keys"));
        Assert.Equal("counter/1", key);
        Assert.Null(dueAt);
        Assert.Equal("InvalidOperationException: Patient … (… …, … is unknown to ….", reason);
        Assert.Equal(5 + 1, attempts); // The first attempt finds the failure in a whole batch, and is made again alone.
        Assert.All(Keys(4)[1..], other => Assert.Equal(6, Counters.ValuesAsync().Result[other]));
        Assert.DoesNotContain(script.Log, line => line.Contains("Maria", StringComparison.OrdinalIgnoreCase) || line.Contains("SILVA", StringComparison.Ordinal));
        Assert.Contains(script.Log, line => line.Contains("parked key counter/1 after 5 attempts", StringComparison.Ordinal));
        var counts = consumer.Status.Counts;
        Assert.Equal(counts.Received, counts.Applied + counts.Duplicate + counts.Stale + counts.Waiting + counts.Parked);
    }

    [Fact]
    public async Task A_message_whose_statement_fails_does_not_undo_its_neighbours()
    {
        await using var consumer = await StartAsync();
        await using var publisher = await OpenPublisherAsync();
        var poison = Sample.Message("counter/2", 2) with { Data = """{"value":-1}"""u8.ToArray() }; // The journal's check constraint refuses it, after the counter was written.
        Envelope[] messages = [Sample.Message("counter/1", 1), Sample.Message("counter/2", 1), poison, Sample.Message("counter/1", 2), Sample.Message("counter/3", 1)];

        await publisher.PublishSafelyAsync(messages);
        await Wait.UntilAsync(() => consumer.Status.Counts.Parked == 1, "the poison is parked");

        Assert.Equal([("counter/1", 2), ("counter/2", 1), ("counter/3", 1)], (await Counters.ValuesAsync()).OrderBy(row => row.Key).Select(row => (row.Key, row.Value)));
    }

    [Fact]
    public async Task A_body_that_cannot_be_read_parks_its_key_at_once()
    {
        await using var consumer = await StartAsync();
        await using var publisher = await OpenPublisherAsync();

        await publisher.PublishSafelyAsync(
            Sample.Message("counter/1", 1) with { Data = "{\"value\":\"many\"}"u8.ToArray() },
            Sample.Message("counter/2", 1) with { Data = default },
            Sample.Message("counter/3", 1) with { Data = "null"u8.ToArray() },
            Sample.Message("counter/4", 1) with { Data = "{}"u8.ToArray() },
            Sample.Message("counter/5", 1));
        await Wait.UntilAsync(() => consumer.Status.Counts.Parked == 4, "the unreadable are parked");

        Assert.Equal([("counter/5", 1)], (await Counters.ValuesAsync()).Select(row => (row.Key, row.Value)));
        Assert.Equal([1, 1, 1, 1], await Counters.QueryAsync<long>("select attempts from messaging_parked_keys"));
    }

    [Fact]
    public async Task Parked_messages_flow_in_order_when_their_key_is_due_again()
    {
        var poisoned = true;
        await using var consumer = await StartAsync(new()
        {
            Before = (message, _) => poisoned && message.Key == "counter/1" ? throw new InvalidOperationException("Broken.") : Task.CompletedTask,
        });
        await using var publisher = await OpenPublisherAsync();
        await publisher.PublishSafelyAsync(Sample.Messages("counter/1", 1_200));
        await Wait.UntilAsync(() => consumer.Status.Counts.Parked == 1_200, "the key is parked");

        poisoned = false;
        await Counters.ScalarAsync<long>("update messaging_parked_keys set due_at = '2000-01-01T00:00:00.0000000Z', attempts = 0");
        await Wait.UntilAsync(() => consumer.Status.Counts.Applied == 1_200, "the key flows again");
        await publisher.PublishSafelyAsync(Sample.Message("counter/1", 1_201));

        Assert.Equal(Enumerable.Range(1, 1_201).Select(position => new MessageVersion((ulong)position, 0).ToString()), await Counters.JournalAsync("counter/1"));
        Assert.Equal(0, await Counters.ScalarAsync<long>("select count(*) from messaging_parked_keys"));
    }

    [Fact]
    [Behaviour(2)]
    public async Task A_consumer_that_dies_between_commit_and_acknowledgement_changes_nothing_twice()
    {
        var dying = new DyingMedium(Medium);
        var messages = Sample.Messages("counter/1", 30);
        await using (var consumer = await StartAsync(over: dying))
        {
            await using var publisher = await OpenPublisherAsync();
            var safe = await publisher.PublishAsync(messages, CancellationToken.None);
            await Wait.UntilAsync(() => dying.Deaths >= 3 && consumer.Status.Counts.Duplicate > 0, "the receiver died after commits");
            dying.StopDying();
            await safe.WaitAsync(Sample.Deadline);
        }

        Assert.Equal(messages.Select(message => message.Version.ToString()), await Counters.JournalAsync("counter/1"));
    }

    [Fact]
    public async Task A_second_instance_takes_over_from_the_first_and_nothing_is_lost_doubled_or_reordered()
    {
        var first = await StartAsync();
        await using var second = await StartAsync();
        await using var publisher = await OpenPublisherAsync();
        var messages = Enumerable.Range(1, 300).SelectMany(position => Keys(4).Select(key => Sample.Message(key, (ulong)position))).ToArray();

        var safe = messages.Chunk(40).Select(chunk => publisher.PublishAsync(chunk, CancellationToken.None)).ToList();
        await Wait.UntilAsync(() => first.Status.Counts.Applied > 0, "the first instance is at work");
        Assert.Equal(0, second.Status.Counts.Received);
        await first.DisposeAsync();
        foreach (var call in safe) await (await call).WaitAsync(Sample.Deadline);

        foreach (var key in Keys(4))
        {
            Assert.Equal(Enumerable.Range(1, 300).Select(position => new MessageVersion((ulong)position, 0).ToString()), await Counters.JournalAsync(key));
        }
    }

    [Fact]
    public async Task Health_says_what_the_consumer_waits_for_and_how_much_waits()
    {
        var away = new AwayMedium(Medium);
        await using var consumer = await RunningConsumer.StartAsync(away, Counters);
        await Wait.UntilAsync(() => consumer.Status.Troubles.Count(trouble => trouble.EndsWith("Away.", StringComparison.Ordinal)) == 2, "both partitions are in trouble");
        var health = await consumer.HealthAsync();
        Assert.Equal(HealthStatus.Unhealthy, health.Status);
        Assert.Equal(
            "partition 0: the medium cannot be reached: Away.; partition 1: the medium cannot be reached: Away.",
            health.Entries["consumer counters"].Description);

        away.ComeBack();
        await Wait.UntilAsync(() => consumer.Status.Troubles.Count == 0, "both partitions are subscribed");
        await using var publisher = await OpenPublisherAsync();
        await publisher.PublishSafelyAsync(Sample.Message("counter/1", 1));
        health = await consumer.HealthAsync();
        Assert.Equal((HealthStatus.Healthy, "1 applied, 0 waiting, 0 parked"), (health.Status, health.Entries["consumer counters"].Description));
    }

    [Fact]
    public async Task A_stop_finishes_the_batch_in_hand_and_acknowledges_it()
    {
        var started = new TaskCompletionSource();
        var go = new TaskCompletionSource();
        var consumer = await StartAsync(new()
        {
            Before = async (_, _) =>
            {
                started.TrySetResult();
                await go.Task;
            },
        });
        await using var publisher = await OpenPublisherAsync();
        var safe = await publisher.PublishAsync([Sample.Message("counter/1", 1)], CancellationToken.None);
        await started.Task.WaitAsync(Sample.Deadline);

        var stopping = consumer.StopAsync(CancellationToken.None);
        Assert.False(stopping.IsCompleted);
        go.SetResult();
        await stopping.WaitAsync(Sample.Deadline);

        await safe.WaitAsync(Sample.Deadline);
        Assert.Single(await Counters.JournalAsync("counter/1"));
        await consumer.DisposeAsync();
    }

    [Fact]
    public async Task A_stop_out_of_patience_drops_the_batch_and_the_next_start_applies_it()
    {
        var started = new TaskCompletionSource();
        var consumer = await StartAsync(new()
        {
            Before = async (_, cancellation) =>
            {
                started.TrySetResult();
                await Task.Delay(Timeout.Infinite, cancellation);
            },
        });
        await using var publisher = await OpenPublisherAsync();
        var safe = await publisher.PublishAsync([Sample.Message("counter/1", 1)], CancellationToken.None);
        await started.Task.WaitAsync(Sample.Deadline);

        await consumer.StopAsync(new CancellationToken(canceled: true)).WaitAsync(Sample.Deadline);
        await consumer.DisposeAsync();
        Assert.Empty(await Counters.JournalAsync("counter/1"));

        await using var next = await StartAsync();
        await safe.WaitAsync(Sample.Deadline);
        Assert.Single(await Counters.JournalAsync("counter/1"));
    }

    [Fact]
    [Behaviour(6)]
    public async Task A_copy_is_recognised_however_late_it_comes_by_one_row_a_key()
    {
        await using (await StartAsync())
        {
            await using var publisher = await OpenPublisherAsync();
            await publisher.PublishSafelyAsync(Sample.Messages("counter/1", 1_000));
        }

        Assert.Equal(1, await Counters.ScalarAsync<long>("select count(*) from messaging_applied"));
        await using var later = await StartAsync();
        await using var again = await OpenPublisherAsync();
        await again.PublishSafelyAsync(Sample.Messages("counter/1", 1_000));

        Assert.Equal(new ConsumerCounts(Received: 1_000, Applied: 0, Duplicate: 1, Stale: 999, 0, 0, 0), later.Status.Counts);
    }

    [Fact]
    public async Task A_copy_of_a_message_that_waits_does_not_wait_twice()
    {
        await using var consumer = await StartAsync(new() { Before = (message, _) => message.Version.Position == 2 ? throw new InvalidOperationException("Broken.") : Task.CompletedTask });
        await using var publisher = await OpenPublisherAsync();
        var messages = Sample.Messages("counter/1", 4);
        await publisher.PublishSafelyAsync(messages);
        await Wait.UntilAsync(() => consumer.Status.Counts.Parked == 3, "the key is parked");

        await publisher.PublishSafelyAsync(messages);
        await publisher.PublishSafelyAsync(Sample.Message("counter/1", 5));

        await Wait.UntilAsync(() => consumer.Status.Counts.Parked == 4, "the new message waits behind the others");
        Assert.Equal([1, 2, 3, 4], await Counters.QueryAsync<long>("select position from messaging_parked_messages order by position"));
        Assert.Equal((4, 1), (consumer.Status.Counts.Duplicate, consumer.Status.Counts.Applied));
    }

    private static IEnumerable<ulong> RisingPrefixMaxima(IEnumerable<ulong> order)
    {
        ulong highest = 0;
        foreach (var position in order)
        {
            if (position <= highest) continue;
            highest = position;
            yield return position;
        }
    }

    private static IEnumerable<ulong[]> Permutations(ulong[] values) =>
        values.Length <= 1
            ? [values]
            : values.SelectMany(first => Permutations([.. values.Where(value => value != first)]).Select(rest => (ulong[])[first, .. rest]));
}
