using Strangler.Tests.Servers;

namespace Strangler.Messaging.Tests;

/// <summary>A store, the in-process medium and a consumer between them, for suites that hold every kind of store.</summary>
public abstract class ConsumerSuite(Func<Task<TestStore>> create) : IAsyncLifetime
{
    private TestStore store = null!;

    protected InProcessMedium Medium { get; } = new(partitions: 2);

    protected Counters Counters { get; private set; } = null!;

    /// <summary>True when the handler takes many messages at once.</summary>
    protected virtual bool Together => false;

    public async ValueTask InitializeAsync()
    {
        store = await create();
        Counters = new(store.Source);
        await Counters.CreateAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>True when the consumer asks for whole transactions.</summary>
    protected virtual bool Whole => false;

    protected Task<IMessagePublisher> OpenPublisherAsync() => Medium.OpenPublisherAsync(CancellationToken.None);

    protected async Task<RunningConsumer> StartAsync(CountedHandler.Script? script = null, string[]? types = null, IMedium? over = null, Dictionary<string, string?>? settings = null)
    {
        // A publisher may open only when the consumer is bound, which it does in the background.
        var consumer = await RunningConsumer.StartAsync(over ?? Medium, Counters, script, settings, types, Together, whole: Whole);
        await Wait.UntilAsync(() => Enumerable.Range(0, Medium.Partitions).All(partition => Medium.QueuesBoundFor((types ?? [Sample.Counted])[0], partition).Count > 0), "the consumer is bound");
        return consumer;
    }

    protected static string[] Keys(int count) => [.. Enumerable.Range(1, count).Select(number => $"counter/{number}")];

    protected static IEnumerable<string> Versions(int from, int to) => Enumerable.Range(from, to - from + 1).Select(position => new MessageVersion((ulong)position, 0).ToString());
}
