using Strangler.Tests.Servers;

namespace Strangler.Messaging.Tests;

/// <summary>A RabbitMQ exchange and a PostgreSQL store of a test's own, for consumers that are processes.</summary>
/// <param name="name">Of exchange and database.</param>
/// <param name="whole">Whether the consumers ask for whole transactions.</param>
public abstract class ProcessSuite(string name, bool whole) : IAsyncLifetime
{
    private readonly MessagingOptions options = new() { Exchange = $"{name}-{Guid.NewGuid():N}", Partitions = 4, RequiredConsumers = { "counters" } };
    private TestDatabase database = null!;

    private protected Counters Counters { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        options.RabbitMq.Uri = TestServers.RequireRabbitMq();
        options.RabbitMq.QueueSettleTime = TimeSpan.FromMilliseconds(200);
        database = await TestDatabase.CreateAsync(name);
        Counters = new(StoreDataSource.Create(database.ConnectionString));
        await Counters.CreateAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Counters.Store.DisposeAsync();
        await RawBroker.DeleteAsync(options, ["counters"]);
        await database.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected ConsumerProcess Start(string? dieAt = null) => ConsumerProcess.Start(options, database.ConnectionString, dieAt, whole);

    private protected Task<IMessagePublisher> OpenPublisherAsync() => new RabbitMqMedium(options).OpenPublisherAsync(CancellationToken.None).WaitAsync(Sample.Deadline);
}
