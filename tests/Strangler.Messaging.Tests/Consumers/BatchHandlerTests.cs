using Dapper;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Strangler.Tests.Servers;

namespace Strangler.Messaging.Tests;

/// <summary>Handlers that take many messages at once, beside handlers of single ones.</summary>
public sealed class BatchHandlerTests : IAsyncLifetime
{
    private const string Renamed = "sample.counter.renamed.v1";
    private const string Removed = "sample.counter.removed.v1";

    private readonly InProcessMedium medium = new(partitions: 1);
    private readonly Calls calls = new();
    private TestDatabase database = null!;
    private IHost host = null!;

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.CreateAsync("together");
        var store = StoreDataSource.Create(database.ConnectionString);
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Configuration.AddInMemoryCollection([new("Messaging:Consumer:RetryDelay", "00:00:00.010"), new("Messaging:Consumer:MaxRetryDelay", "00:00:00.100")]);
        builder.Services.AddSingleton(calls);
        builder.Services.AddStranglerMessaging(builder.Configuration, medium);
        builder.Services.AddMessageConsumer("together", store, consumer => consumer
            .HandleBatch<Counted, CountedMany>(Sample.Counted)
            .HandleBatch<Counted, RenamedMany>(Renamed)
            .Handle<Counted, RemovedOne>(Removed));
        host = builder.Build();
        await host.StartAsync();
        await Wait.UntilAsync(() => medium.QueuesBoundFor(Sample.Counted, 0).Count > 0, "the consumer is bound");
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        host.Dispose();
        await database.DisposeAsync();
    }

    [Fact]
    public async Task Messages_of_a_type_are_handed_over_together()
    {
        await PublishAsync([.. Enumerable.Range(1, 100).Select(number => Sample.Message($"counter/{number}", 1))]);

        Assert.Equal(["counted 100"], calls.Made);
    }

    [Fact]
    public async Task No_message_overtakes_another_of_its_key_whatever_their_types()
    {
        await PublishAsync(
            Sample.Message("counter/1", 1), Sample.Message("counter/2", 1), Sample.Message("counter/3", 1, Renamed), Sample.Message("counter/1", 2, Renamed),
            Sample.Message("counter/2", 2), Sample.Message("counter/3", 2, Removed), Sample.Message("counter/4", 1, Removed));

        Assert.Equal(["counted 2", "renamed 2", "removed 1", "removed 1", "counted 1"], calls.Made);
        Assert.Equal(["counted 1", "renamed 2"], calls.Of("counter/1"));
        Assert.Equal(["counted 1", "counted 2"], calls.Of("counter/2"));
        Assert.Equal(["renamed 1", "removed 2"], calls.Of("counter/3"));
    }

    [Fact]
    public async Task When_one_of_many_fails_its_key_waits_and_the_others_are_applied_once()
    {
        calls.Fails = "counter/7";

        await PublishAsync([.. Enumerable.Range(1, 20).SelectMany(number => new[] { Sample.Message($"counter/{number}", 1), Sample.Message($"counter/{number}", 2) })]);

        var status = host.Services.GetRequiredKeyedService<ConsumerStatus>("together");
        await Wait.UntilAsync(() => status.Counts.Parked == 2, "the failing key is parked");
        Assert.Equal(1 + 38, status.Counts.Applied);
        await using var connection = await StoreDataSource.Create(database.ConnectionString).OpenConnectionAsync();
        var applied = (await connection.QueryAsync<(string Key, string Version)>("select key, version from messaging_applied")).ToList();
        Assert.Equal(1 + 19, applied.Count);
        Assert.All(applied.Where(row => row.Key != Calls.Gate), row => Assert.Equal(2UL, MessageVersion.Parse(row.Version).Position));
    }

    [Fact]
    public void The_latest_of_each_key_stay_in_their_order()
    {
        ReceivedMessage<Counted>[] messages = [.. new[] { ("a", 1), ("b", 1), ("a", 2), ("c", 1), ("b", 2) }
            .Select(one => new ReceivedMessage<Counted>(Sample.Message(one.Item1, (ulong)one.Item2), new() { Value = one.Item2 }))];

        Assert.Equal(["a 2", "c 1", "b 2"], messages.LatestPerKey().Select(message => $"{message.Envelope.Key} {message.Body.Value}"));
        Assert.Empty(Array.Empty<ReceivedMessage<Counted>>().LatestPerKey());
    }

    /// <summary>The messages are one batch: they arrive while the handler of the one before them is held up.</summary>
    private async Task PublishAsync(params Envelope[] messages)
    {
        await using var publisher = await medium.OpenPublisherAsync(CancellationToken.None);
        var first = await publisher.PublishAsync([Sample.Message(Calls.Gate, 1, Removed)], CancellationToken.None);
        await calls.Waits.Task.WaitAsync(Sample.Deadline);
        var all = await publisher.PublishAsync(messages, CancellationToken.None);
        calls.Go.SetResult();
        await Task.WhenAll(first, all).WaitAsync(Sample.Deadline);
    }

    internal sealed class Calls
    {
        public const string Gate = "counter/gate";

        private readonly List<(string Name, string[] Keys, ulong[] Versions)> made = [];

        public string? Fails { get; set; }

        public TaskCompletionSource Waits { get; } = new();

        public TaskCompletionSource Go { get; } = new();

        public IEnumerable<string> Made => made.Select(call => $"{call.Name} {call.Keys.Length}");

        public IEnumerable<string> Of(string key) => made.SelectMany(call => call.Keys.Zip(call.Versions).Where(one => one.First == key).Select(one => $"{call.Name} {one.Second}"));

        public async Task MakeAsync(string name, params IEnumerable<Envelope> messages)
        {
            var all = messages.ToArray();
            if (all[0].Key == Gate)
            {
                Waits.TrySetResult();
                await Go.Task;
                return;
            }

            if (all.Any(message => message.Key == Fails)) throw new InvalidOperationException("Broken.");
            made.Add((name, [.. all.Select(message => message.Key)], [.. all.Select(message => message.Version.Position)]));
        }
    }

    internal sealed class CountedMany(Calls calls) : IBatchHandler<Counted>
    {
        public Task HandleAsync(IReadOnlyList<ReceivedMessage<Counted>> messages, BatchContext context, CancellationToken cancellation) =>
            calls.MakeAsync("counted", messages.Select(message => message.Envelope));
    }

    internal sealed class RenamedMany(Calls calls) : IBatchHandler<Counted>
    {
        public Task HandleAsync(IReadOnlyList<ReceivedMessage<Counted>> messages, BatchContext context, CancellationToken cancellation) =>
            calls.MakeAsync("renamed", messages.Select(message => message.Envelope));
    }

    internal sealed class RemovedOne(Calls calls) : IMessageHandler<Counted>
    {
        public Task HandleAsync(Counted message, MessageContext context, CancellationToken cancellation) => calls.MakeAsync("removed", context.Envelope);
    }
}
