using Strangler.Tests.Servers;

namespace Strangler.Messaging.Tests;

/// <summary>A consumer that is broken, beside others that are not.</summary>
public sealed class BrokenConsumerTests : IAsyncLifetime
{
    private const int Messages = 1_000, Keys = 10;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly MessagingOptions options = new() { Exchange = $"broken-{Guid.NewGuid():N}", Partitions = 1 };
    private RabbitMqMedium medium = null!;
    private TestStore store = null!;
    private Counters counters = null!;

    private static Envelope[] Sent => [.. Enumerable.Range(1, Messages).Select(number => Sample.Message($"counter/{number % Keys}", (ulong)number))];

    public async ValueTask InitializeAsync()
    {
        options.RabbitMq.Uri = TestServers.RequireRabbitMq();
        options.RabbitMq.QueueSettleTime = TimeSpan.Zero;
        options.RequiredConsumers.Add(RunningConsumer.Name);
        medium = new(options);
        store = await TestStore.SqliteAsync();
        counters = new(store.Source);
        await counters.CreateAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        await RawBroker.DeleteAsync(options, [RunningConsumer.Name, "stuck", "failing"]);
    }

    [Fact]
    [Behaviour(46)]
    public async Task One_that_is_stuck_and_one_that_fails_at_everything_delay_neither_another_nor_the_publisher()
    {
        options.RequiredConsumers.Add("stuck");
        options.RequiredConsumers.Add("failing");
        await using var failingStore = await TestStore.SqliteAsync();
        var failingCounters = new Counters(failingStore.Source);
        await failingCounters.CreateAsync();
        var stuck = new TaskCompletionSource();
        var (stuckScript, failingScript) = (new CountedHandler.Script { Before = (_, cancellation) => stuck.Task.WaitAsync(cancellation) }, new CountedHandler.Script
        {
            Before = static (_, _) => throw new InvalidOperationException("Always."),
        });
        await using var stuckStore = await TestStore.SqliteAsync();
        var stuckCounters = new Counters(stuckStore.Source);
        await stuckCounters.CreateAsync();
        await using var one = await RunningConsumer.StartAsync(medium, stuckCounters, stuckScript, name: "stuck");
        await using var two = await RunningConsumer.StartAsync(medium, failingCounters, failingScript, name: "failing");
        await using var healthy = await RunningConsumer.StartAsync(medium, counters);
        await using var publisher = await medium.OpenPublisherAsync(CancellationToken.None).WaitAsync(Patience);

        await publisher.PublishSafelyAsync(Sent);
        await Wait.UntilAsync(() => healthy.Status.Counts.Applied == Messages, "the healthy consumer has everything", Patience);

        Assert.Empty(await stuckCounters.JournalAsync("counter/1"));
        Assert.Empty(await failingCounters.JournalAsync("counter/1"));
        stuck.SetResult();
        await Wait.UntilAsync(() => one.Status.Counts.Applied == Messages, "the stuck one has everything when it goes on", Patience);
    }

    [Theory]
    [Behaviour(44)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_whose_store_is_away_for_long_gives_its_messages_back_in_order_and_another_process_has_them(bool inTransaction)
    {
        var script = new CountedHandler.Script();
        await using var database = await TestDatabase.CreateAsync("broken");
        using var relay = new TcpRelay(database.ConnectionString);
        await using var direct = StoreDataSource.Create(database.ConnectionString);
        var both = new Counters(direct);
        await both.CreateAsync();
        await using var relayed = StoreDataSource.Create($"{relay.To(database.ConnectionString)};Timeout=1;Command Timeout=1");
        var settings = new Dictionary<string, string?> { ["Messaging:Consumer:HoldDeliveries"] = "00:00:01" };
        await using var cutOff = await RunningConsumer.StartAsync(medium, new(relayed), script, settings);
        await using var publisher = await medium.OpenPublisherAsync(CancellationToken.None).WaitAsync(Patience);
        await publisher.PublishSafelyAsync(Sent[..1]);
        await Wait.UntilAsync(() => cutOff.Status.Counts.Applied == 1, "it has the partition", Patience);

        if (inTransaction)
        {
            // It holds the lock of the partition, and the server does not hear that it is gone.
            script.Before = (_, _) =>
            {
                relay.Freeze();
                return Task.CompletedTask;
            };
        }
        else
        {
            relay.Refuse();
            relay.Reset();
        }

        await publisher.PublishSafelyAsync(Sent[1..]);
        await Wait.UntilAsync(() => cutOff.Status.Troubles.Count > 0, "it cannot store", Patience);
        await using var other = await RunningConsumer.StartAsync(medium, both, settings: settings);
        await Wait.UntilAsync(() => other.Status.Counts.Applied == Messages - 1, "another process has the rest", Patience);
        if (inTransaction) relay.Thaw();
        else relay.Accept();
        await Wait.UntilAsync(() => cutOff.Status.Troubles.Count == 0, "it stands by again", Patience);

        for (var key = 0; key < Keys; key++)
        {
            var expected = Sent.Where(message => message.Key == $"counter/{key}").Select(message => message.Version.ToString());
            Assert.Equal(expected, await both.JournalAsync($"counter/{key}"));
        }
    }
}
