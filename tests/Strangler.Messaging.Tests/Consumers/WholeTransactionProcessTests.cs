using Strangler.Tests.Servers;

namespace Strangler.Messaging.Tests;

/// <summary>Whole transactions over RabbitMQ and PostgreSQL, with consumers as processes that are killed, stopped and started.</summary>
public sealed class WholeTransactionProcessTests() : ProcessSuite("whole", whole: true)
{
    private const int Keys = 24;

    [Fact]
    [Behaviour(12)]
    public async Task No_reader_sees_half_of_a_transaction_while_processes_are_killed_and_started_and_partitions_move()
    {
        const int Transactions = 600, Batch = 20;
        var running = new Queue<ConsumerProcess>([Start(), Start()]);
        using var stop = new CancellationTokenSource();
        try
        {
            await using var publisher = await OpenPublisherAsync();
            var reading = ReadAsync(stop.Token);
            var safe = new List<Task>();
            var changes = new Queue<Func<Task>>(
            [
                () => running.Dequeue().DisposeAsync().AsTask(),
                () => Task.Run(() => running.Enqueue(Start())),
                () => running.Dequeue().StopAsync(),
                () => Task.Run(() => running.Enqueue(Start())),
                () => running.Dequeue().DisposeAsync().AsTask(),
                () => Task.Run(() => running.Enqueue(Start())),
            ]);
            foreach (var positions in Enumerable.Range(1, Transactions).Chunk(Batch))
            {
                safe.Add(await publisher.PublishAsync([.. positions.SelectMany(Transaction)], CancellationToken.None));

                // Each change finds the ones before it at work.
                if (positions[^1] % (4 * Batch) != 0 || !changes.TryDequeue(out var change)) continue;
                var before = await CountAsync();
                await change();
                await Wait.UntilAsync(async () => await CountAsync() > before || before == positions[^1], "whoever is left handles transactions", TimeSpan.FromSeconds(60));
            }

            await Task.WhenAll(safe).WaitAsync(Sample.Deadline);
            await Wait.UntilAsync(async () => await CountAsync() >= Transactions, $"{Transactions} transactions are handled", TimeSpan.FromSeconds(60));
            await stop.CancelAsync();
            var (looks, halves) = await reading;

            Assert.Empty(halves);
            Assert.True(looks > 50, $"The store was looked at {looks} times.");
        }
        finally
        {
            await stop.CancelAsync();
            foreach (var process in running) await process.DisposeAsync();
        }

        foreach (var key in Enumerable.Range(0, Keys).Select(static number => $"counter/{number}"))
        {
            Assert.Equal(Enumerable.Range(1, Transactions).SelectMany(Transaction).Where(message => message.Key == key).Select(static message => message.Version.ToString()), await Counters.JournalAsync(key));
        }

        Assert.Equal(0, await Counters.ScalarAsync<long>("select count(*) from messaging_parked_messages"));
    }

    [Fact]
    [Behaviour(12)]
    public async Task A_process_that_dies_in_the_middle_of_a_transaction_leaves_nothing_of_it_and_another_handles_it_whole()
    {
        Envelope[] messages = [.. Enumerable.Range(1, 20).SelectMany(Transaction)];
        await using (var dying = Start(dieAt: $"{messages[11].Key}@6"))
        {
            await using var publisher = await OpenPublisherAsync();
            await publisher.PublishSafelyAsync(messages);
            await dying.UntilItDiesAsync();
        }

        Assert.Equal(0, await Counters.ScalarAsync<long>("select count(*) from journal where value = 6"));
        await using var healthy = Start();
        await Wait.UntilAsync(async () => await CountAsync() >= 20, "all are handled", TimeSpan.FromSeconds(60));

        Assert.Equal(40, await Counters.ScalarAsync<long>("select count(*) from journal"));
    }

    /// <summary>Two keys, never of one partition, others each time.</summary>
    private static Envelope[] Transaction(int position)
    {
        var first = position % Keys;
        var second = Enumerable.Range(1, Keys).Select(step => (first + (step * (1 + (position % 5)))) % Keys).First(other => PartitionOf(other) != PartitionOf(first));
        return Sample.Transaction((ulong)position, $"counter/{first}", $"counter/{second}");
    }

    private static int PartitionOf(int key) => Partitioner.PartitionOf($"counter/{key}", 4);

    /// <summary>Transactions that were handled.</summary>
    private Task<long> CountAsync() => Counters.ScalarAsync<long>("select count(distinct value) from journal");

    private async Task<(int Looks, List<string> Halves)> ReadAsync(CancellationToken stop)
    {
        var (looks, halves) = (0, new List<string>());
        while (!stop.IsCancellationRequested)
        {
            halves.AddRange(await Counters.QueryAsync<string>("select value || ': ' || count(*) from journal group by value having count(*) <> 2"));
            looks++;
        }

        return (looks, halves);
    }
}
