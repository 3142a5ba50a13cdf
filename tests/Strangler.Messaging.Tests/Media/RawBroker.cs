using RabbitMQ.Client;
using Strangler.Tests.Servers;

namespace Strangler.Messaging.Tests;

/// <summary>RabbitMQ as another team's program sees it.</summary>
internal sealed class RawBroker : IAsyncDisposable
{
    private readonly IConnection connection;

    private RawBroker(IConnection connection, IChannel channel)
    {
        this.connection = connection;
        Channel = channel;
    }

    public IChannel Channel { get; }

    public static async Task<RawBroker> ConnectAsync(string uri)
    {
        var connection = await new ConnectionFactory { Uri = new(uri) }.CreateConnectionAsync();
        return new(connection, await connection.CreateChannelAsync());
    }

    public ValueTask PublishAsync(string exchange, string routingKey, Dictionary<string, object?>? headers, byte[] body) =>
        Channel.BasicPublishAsync(exchange, routingKey, mandatory: true, new BasicProperties { Headers = headers }, body);

    /// <summary>Removes what a medium declared on the shared broker.</summary>
    public static async Task DeleteAsync(MessagingOptions options, IEnumerable<string> consumers)
    {
        await using var broker = await ConnectAsync(TestServers.RequireRabbitMq());
        foreach (var queue in consumers.SelectMany(consumer => Enumerable.Range(0, options.Partitions).Select(partition => $"{options.Exchange}.{consumer}.{partition}")))
        {
            await broker.Channel.QueueDeleteAsync(queue);
            await broker.Channel.ExchangeDeleteAsync($"{queue}.bound");
        }

        for (var partition = 0; partition < options.Partitions; partition++) await broker.Channel.QueueDeleteAsync($"{options.Exchange}.{partition}.history");
        await broker.Channel.QueueDeleteAsync($"{options.Exchange}.partitions");
        await broker.Channel.ExchangeDeleteAsync(options.Exchange);
    }

    public async ValueTask DisposeAsync() => await connection.DisposeAsync();
}
