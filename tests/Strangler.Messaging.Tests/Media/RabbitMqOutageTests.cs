using System.Diagnostics;
using Strangler.Tests.Servers;

namespace Strangler.Messaging.Tests;

/// <summary>A broker of its own that is killed, or raises an alarm, under load.</summary>
public sealed class RabbitMqOutageTests(OwnBroker own) : IClassFixture<OwnBroker>
{
    private readonly PrivateRabbitMq broker = own.Require();

    [Fact]
    public async Task A_broker_killed_under_load_fails_the_publisher_at_once_and_resending_loses_nothing_and_keeps_the_order()
    {
        const int Messages = 10_000, Keys = 50, Batch = 20;
        var folder = Directory.CreateTempSubdirectory("strangler-outage-").FullName;
        await using var store = StoreDataSource.Create($"Data Source={Path.Combine(folder, "store.db")};Pooling=False");
        var counters = new Counters(store);
        await counters.CreateAsync();
        var medium = CreateMedium(partitions: 2);
        var all = Enumerable.Range(0, Messages).Select(number => Sample.Message($"counter/{number % Keys}", (ulong)number)).ToArray();
        var confirmed = 0;
        var killed = new Stopwatch();
        TimeSpan? failedAfter = null;
        var restarting = Task.CompletedTask;
        await using var consumer = await RunningConsumer.StartAsync(medium, counters);

        // What the anti-corruption layer does: publish in order, and resend from the first message that is not confirmed.
        while (confirmed < Messages)
        {
            await using var publisher = await medium.OpenPublisherPatientlyAsync(
                TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(1), null, CancellationToken.None).WaitAsync(TimeSpan.FromMinutes(2));
            var sent = new Queue<Task>();
            try
            {
                for (var next = confirmed; next < Messages; next += Batch)
                {
                    sent.Enqueue(await publisher.PublishAsync(all[next..(next + Batch)], CancellationToken.None).WaitAsync(Sample.Deadline));
                    while (sent.Count > 40 || (sent.Count > 0 && next + Batch == Messages))
                    {
                        await sent.Dequeue().WaitAsync(Sample.Deadline);
                        confirmed += Batch;
                    }

                    if (killed.IsRunning || confirmed < Messages / 3) continue;
                    await broker.KillAsync();
                    killed.Start();
                    restarting = broker.StartAsync();
                }
            }
            catch (PublishFailedException)
            {
                // Some of what follows may have arrived. It is sent again.
                failedAfter ??= killed.Elapsed;
            }
        }

        await restarting;
        Assert.True(failedAfter < TimeSpan.FromSeconds(5), $"The publisher noticed after {failedAfter}.");
        await Wait.UntilAsync(() => consumer.Status.Counts.Applied == Messages, "every message is applied", TimeSpan.FromMinutes(1));
        for (var key = 0; key < Keys; key++)
        {
            var expected = Enumerable.Range(0, Messages / Keys).Select(round => new MessageVersion((ulong)((round * Keys) + key), 0).ToString());
            Assert.Equal(expected, await counters.JournalAsync($"counter/{key}"));
        }

        var counts = consumer.Status.Counts;
        Assert.Equal(counts.Received, counts.Applied + counts.Duplicate + counts.Stale);
        Assert.Empty(consumer.Status.Troubles);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_blocked_connection_is_visible_holds_the_publisher_and_goes_on_by_itself()
    {
        var medium = CreateMedium(partitions: 1, confirmTimeout: TimeSpan.FromMilliseconds(500));
        await using var receiver = await medium.OpenReceiverAsync(new("counters", [Sample.Counted]), 0, CancellationToken.None);
        await using var publisher = await medium.OpenPublisherAsync(CancellationToken.None);
        await publisher.PublishSafelyAsync(Sample.Message("counter/1", 1));
        Assert.Null(publisher.BlockedReason);

        await broker.ControlAsync("set_vm_memory_high_watermark", "absolute", "1");
        var first = await publisher.PublishAsync([Sample.Message("counter/1", 2)], CancellationToken.None);
        await Wait.UntilAsync(() => publisher.BlockedReason is not null, "the block is visible");
        Assert.Equal("low on memory", publisher.BlockedReason);
        var second = publisher.PublishAsync([Sample.Message("counter/1", 3)], CancellationToken.None);

        // Well over the confirm timeout and the heartbeats: a block is no black hole.
        await Task.WhenAny(first, second, Task.Delay(TimeSpan.FromSeconds(4)));
        Assert.False(first.IsCompleted);
        Assert.False(second.IsCompleted);

        await broker.ControlAsync("set_vm_memory_high_watermark", "0.4");
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
