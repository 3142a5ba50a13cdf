using Strangler.Tests.Servers;

namespace Strangler.Messaging.Tests;

/// <summary>Replay to one consumer, over RabbitMQ.</summary>
public sealed class ReplayTests : IAsyncLifetime
{
    private static readonly Subscription Others = new("others", [Sample.Counted]);

    private readonly MessagingOptions options = new() { Exchange = $"replay-{Guid.NewGuid():N}", Partitions = 2, RequiredConsumers = { RunningConsumer.Name } };
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("strangler-replay-");
    private RabbitMqMedium medium = null!;

    public ValueTask InitializeAsync()
    {
        options.RabbitMq.Uri = TestServers.RequireRabbitMq();
        options.RabbitMq.History = TimeSpan.FromHours(1);
        options.RabbitMq.QueueSettleTime = TimeSpan.FromMilliseconds(200);
        medium = new(options);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await RawBroker.DeleteAsync(options, [RunningConsumer.Name, Others.Consumer]);
        folder.Delete(recursive: true);
    }

    [Fact]
    [Behaviour(47)]
    public async Task A_store_restored_from_its_backup_is_given_what_it_misses_in_order_and_no_other_consumer_notices()
    {
        var before = await CountersAsync("live");
        await using var others0 = await medium.OpenReceiverAsync(Others, 0, CancellationToken.None);
        await using var others1 = await medium.OpenReceiverAsync(Others, 1, CancellationToken.None);
        var messages = Messages(from: 1, to: 200);
        await using (var consumer = await RunningConsumer.StartAsync(medium, before))
        {
            await using var publisher = await medium.OpenPublisherAsync(CancellationToken.None);
            await publisher.PublishSafelyAsync(messages[..400]);
            await AppliedAsync(consumer, 400);
            await before.ScalarAsync<long>($"vacuum into '{File("backup")}'");
            await publisher.PublishSafelyAsync(messages[400..]);
            await AppliedAsync(consumer, 800);
        }

        var restored = new Counters(Open("backup"));
        await using var again = await RunningConsumer.StartAsync(medium, restored);
        Assert.True(again.Replay.TryStart(new(Time: null, Position: 51)));
        var replay = await EndAsync(again);

        Assert.Equal(("done", null, 2), (replay.State, replay.Problem, replay.PartitionsDone));
        Assert.Equal((600, 400, 200, 0), (replay.Read, replay.Applied, replay.Duplicate + replay.Stale, replay.CameToWait));
        Assert.Equal(messages[200].Time, replay.Oldest);
        foreach (var key in Enumerable.Range(1, 4)) Assert.Equal(Versions(1, 200), await restored.JournalAsync($"counter/{key}"));
        await using (var publisher = await medium.OpenPublisherAsync(CancellationToken.None)) await publisher.PublishSafelyAsync(Messages(from: 201, to: 201));
        var received = (await others0.ReceiveAsync(Of(0, messages) + Of(0, Messages(201, 201)))).Concat(await others1.ReceiveAsync(Of(1, messages) + Of(1, Messages(201, 201))));
        Assert.Equal(Enumerable.Range(1, 201).SelectMany(position => Enumerable.Repeat((ulong)position, 4)), received.Select(message => message.Version.Position).Order());
    }

    [Fact]
    [Behaviour(47)]
    public async Task A_new_store_is_filled_from_a_time_on_and_a_second_replay_has_no_effect()
    {
        var counters = await CountersAsync("first");
        var messages = Messages(from: 1, to: 50);
        await using (var consumer = await RunningConsumer.StartAsync(medium, counters))
        {
            await using var publisher = await medium.OpenPublisherAsync(CancellationToken.None);
            await publisher.PublishSafelyAsync(messages);
            await AppliedAsync(consumer, 200);
        }

        var empty = await CountersAsync("second");
        await using var again = await RunningConsumer.StartAsync(medium, empty);
        Assert.True(again.Replay.TryStart(new(TimeProvider.System.GetUtcNow().AddHours(1), Position: null)));
        var tooLate = await EndAsync(again);
        Assert.True(again.Replay.TryStart(new(TimeProvider.System.GetUtcNow().AddHours(-1), Position: null)));
        var first = await EndAsync(again);
        Assert.True(again.Replay.TryStart(new(TimeProvider.System.GetUtcNow().AddHours(-1), Position: null)));
        var second = await EndAsync(again);

        Assert.Equal(("done", 0), (tooLate.State, tooLate.Read));
        Assert.Equal(("done", 200, 200), (first.State, first.Read, first.Applied));
        Assert.Equal(("done", 200, 0, 200), (second.State, second.Read, second.Applied, second.Duplicate + second.Stale));
        foreach (var key in Enumerable.Range(1, 4)) Assert.Equal(Versions(1, 50), await empty.JournalAsync($"counter/{key}"));
    }

    [Fact]
    public async Task With_a_history_a_message_that_no_consumer_handles_is_still_unroutable()
    {
        await (await medium.OpenReceiverAsync(new(RunningConsumer.Name, [Sample.Counted]), 0, CancellationToken.None)).DisposeAsync();
        options.RequiredConsumers.Clear();
        await using var publisher = await new RabbitMqMedium(options).OpenPublisherAsync(CancellationToken.None);

        var nobody = await Assert.ThrowsAsync<UnroutableMessageException>(() => publisher.PublishSafelyAsync(Sample.Message("counter/1", 1, "sample.counter.renamed.v1")));

        Assert.EndsWith(".sample.counter.renamed.v1", nobody.RoutingKey, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_replay_without_a_history_fails_and_says_why()
    {
        var counters = await CountersAsync("none");
        await using var consumer = await RunningConsumer.StartAsync(new InProcessMedium(), counters);

        Assert.Equal("The medium of this host keeps no messages: set Messaging:RabbitMq:History to how long it shall, for those to come.", consumer.Replay.Refusal);
    }

    [Theory]
    [InlineData("26462040", null, 26462040UL)]
    [InlineData("0/193C758", null, 26462040UL)]
    [InlineData("2026-03-01T08:00:00Z", "2026-03-01 08:00:00Z", null)]
    [InlineData("2026-03-01", "2026-03-01 00:00:00Z", null)]
    public void A_start_is_a_time_or_a_position(string text, string? time, ulong? position)
    {
        var start = ReplayStart.Parse(text);

        Assert.Equal((time, position), (start!.Time?.ToString("u"), start.Position));
    }

    [Theory]
    [InlineData("yesterday-ish")]
    [InlineData("0/")]
    [InlineData("-1")]
    [InlineData("")]
    [InlineData(null)]
    public void Anything_else_is_none(string? text) => Assert.Null(ReplayStart.Parse(text));

    private static Envelope[] Messages(int from, int to) =>
        [.. Enumerable.Range(from, to - from + 1).SelectMany(position => Enumerable.Range(1, 4).Select(key => Sample.Message($"counter/{key}", (ulong)position)))];

    private static IEnumerable<string> Versions(int from, int to) => Enumerable.Range(from, to - from + 1).Select(position => new MessageVersion((ulong)position, 0).ToString());

    private static int Of(int partition, IEnumerable<Envelope> messages) => messages.Count(message => Partitioner.PartitionOf(message.Key, 2) == partition);

    private static Task AppliedAsync(RunningConsumer consumer, int messages) => Wait.UntilAsync(() => consumer.Status.Counts.Applied == messages, $"{messages} messages are applied");

    private static async Task<ReplayProgress> EndAsync(RunningConsumer consumer)
    {
        await Wait.UntilAsync(() => consumer.Replay.Current!.State != "running", "the replay ends");
        return consumer.Replay.Current!;
    }

    private async Task<Counters> CountersAsync(string name)
    {
        var counters = new Counters(Open(name));
        await counters.CreateAsync();
        return counters;
    }

    private System.Data.Common.DbDataSource Open(string name) => StoreDataSource.Create($"Data Source={File(name)};Pooling=False");

    private string File(string name) => Path.Combine(folder.FullName, $"{name}.db");
}
