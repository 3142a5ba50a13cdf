using Microsoft.Extensions.Logging.Abstractions;
using Strangler.Tests.Servers;

namespace Strangler.Messaging.Tests;

/// <summary>A long outage with a journal, over RabbitMQ behind a relay that cuts the way.</summary>
public sealed class JournaledMediumTests : IAsyncLifetime
{
    private const int Keys = 10;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("strangler-journal-");
    private readonly MessagingOptions direct = new() { Exchange = $"journal-{Guid.NewGuid():N}", Partitions = 2, RequiredConsumers = { RunningConsumer.Name } };
    private readonly MessagingOptions relayed = new() { Partitions = 2 };
    private TestStore store = null!;
    private Counters counters = null!;
    private TcpRelay relay = null!;

    public async ValueTask InitializeAsync()
    {
        direct.RabbitMq.Uri = TestServers.RequireRabbitMq();
        direct.RabbitMq.QueueSettleTime = TimeSpan.FromMilliseconds(200);
        relay = new(new Uri(direct.RabbitMq.Uri));
        relayed.Exchange = direct.Exchange;
        relayed.RequiredConsumers.Add(RunningConsumer.Name);
        relayed.RabbitMq.Uri = relay.Uri;
        relayed.RabbitMq.ConfirmTimeout = TimeSpan.FromMilliseconds(500);
        relayed.RabbitMq.OperationTimeout = TimeSpan.FromSeconds(1);
        store = await TestStore.SqliteAsync();
        counters = new(store.Source);
        await counters.CreateAsync();
    }

    public async ValueTask DisposeAsync()
    {
        relay.Dispose();
        await store.DisposeAsync();
        await RawBroker.DeleteAsync(direct, [RunningConsumer.Name]);
        folder.Delete(recursive: true);
    }

    [Fact]
    [Behaviour(15)]
    public async Task While_the_broker_is_away_messages_are_safe_in_the_journal_and_go_out_in_order_when_it_is_back()
    {
        await using var consumer = await StartConsumerAsync();
        await using var medium = Journaled(1L << 30);
        var messages = Messages(6_000);
        await new ResendingPublisher(medium, messages[..2_000]).RunAsync();
        Assert.Null(medium.Keeps);

        Cut();
        await new ResendingPublisher(medium, messages[2_000..4_000]).RunAsync();
        Assert.Equal("the broker has been out of reach for 00:00:02", medium.Keeps);
        await using (var publisher = await medium.OpenPublisherAsync(CancellationToken.None))
        {
            Assert.Equal($"messages are kept in the journal: {medium.Keeps}", publisher.BlockedReason);
        }

        var more = new ResendingPublisher(medium, messages[4_000..]).RunAsync();
        Mend();
        await more.WaitAsync(Sample.Deadline);
        await AppliedInOrderAsync(consumer, messages);
        await Wait.UntilAsync(() => medium.Keeps is null, "messages go to the broker again");
    }

    [Fact]
    [Behaviour(15)]
    public async Task A_process_that_ends_while_the_broker_is_away_sends_its_journal_when_it_starts_again()
    {
        await using var consumer = await StartConsumerAsync();
        var messages = Messages(2_000);
        Cut();
        await using (var medium = Journaled(1L << 30)) await new ResendingPublisher(medium, messages[..1_000]).RunAsync();

        Mend();
        await using var again = Journaled(1L << 30);
        await new ResendingPublisher(again, messages[1_000..]).RunAsync();

        await AppliedInOrderAsync(consumer, messages);
    }

    [Fact]
    [Behaviour(15)]
    public async Task A_full_journal_holds_publishing_back_and_loses_nothing()
    {
        await using var consumer = await StartConsumerAsync();
        var messages = Messages(2_000);
        Cut();
        await using var medium = Journaled(maxBytes: 200_000);
        var publisher = new ResendingPublisher(medium, messages);
        var publishing = publisher.RunAsync();

        await Wait.UntilAsync(() => publisher.Failures > 3, "the journal is full");
        Assert.InRange(new FileInfo(Path.Combine(folder.FullName, MessageJournal.FileName)).Length, 200_000, 220_000);
        Assert.InRange(publisher.Confirmed, 0, 1_000);
        Mend();
        await publishing.WaitAsync(Sample.Deadline);

        await AppliedInOrderAsync(consumer, messages);
    }

    private static Envelope[] Messages(int count) => [.. Enumerable.Range(0, count).Select(number => Sample.Message($"counter/{number % Keys}", (ulong)number))];

    private async Task<RunningConsumer> StartConsumerAsync()
    {
        var consumer = await RunningConsumer.StartAsync(new RabbitMqMedium(direct), counters);
        await (await new RabbitMqMedium(direct).OpenPublisherAsync(CancellationToken.None).WaitAsync(Sample.Deadline)).DisposeAsync();
        return consumer;
    }

    private JournaledMedium Journaled(long maxBytes) => new(
        new RabbitMqMedium(relayed),
        new() { Folder = folder.FullName, MaxBytes = maxBytes, After = TimeSpan.FromSeconds(2) },
        new() { RetryDelay = TimeSpan.FromMilliseconds(20), MaxRetryDelay = TimeSpan.FromMilliseconds(200) },
        TimeProvider.System,
        NullLogger.Instance);

    private void Cut()
    {
        relay.Refuse();
        relay.Freeze();
    }

    private void Mend()
    {
        relay.Accept();
        relay.Thaw();
    }

    private async Task AppliedInOrderAsync(RunningConsumer consumer, Envelope[] messages)
    {
        await Wait.UntilAsync(() => consumer.Status.Counts.Applied == messages.Length, "every message is applied");
        foreach (var key in messages.GroupBy(message => message.Key)) Assert.Equal(key.Select(message => message.Version.ToString()), await counters.JournalAsync(key.Key));
    }
}
