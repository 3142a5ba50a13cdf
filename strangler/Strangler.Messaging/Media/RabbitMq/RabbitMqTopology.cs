using System.Globalization;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Strangler.Messaging;

/// <summary>
/// What there is on the broker: one durable direct exchange; routing keys <c>{partition}.{type}</c>; for each consumer and partition a quorum
/// queue <c>{exchange}.{consumer}.{partition}</c> with single active consumer, bound by its consumer for each type. No delivery limit:
/// a consumer that crashes in a loop must not dead-letter innocent messages (RabbitMQ 4 sets one of 20 by default; take it back by a policy).
/// With a history, for each partition a stream <c>{exchange}.{partition}.history</c>, bound as the queues are: by consumers, for the types that they handle,
/// so that a type nobody handles stays unroutable.
/// A type that a consumer wants no more stays bound until an operator unbinds it. The number of partitions is the length of a queue <c>{exchange}.partitions</c> that holds
/// nothing: the broker refuses whoever has another.
/// </summary>
internal sealed class RabbitMqTopology(string exchange, int partitions, TimeSpan? history = null)
{
    private const int SegmentBytes = 50_000_000;

    public string Exchange { get; } = exchange;

    public int Partitions { get; } = partitions;

    public static string RoutingKey(int partition, string type) => string.Create(CultureInfo.InvariantCulture, $"{partition}.{type}");

    public string Queue(string consumer, int partition) => string.Create(CultureInfo.InvariantCulture, $"{Exchange}.{consumer}.{partition}");

    public string History(int partition) => string.Create(CultureInfo.InvariantCulture, $"{Exchange}.{partition}.history");

    /// <summary>What declaring is called in an error: says what to do when the broker knows another number of partitions.</summary>
    public string Agreement => string.Create(
        CultureInfo.InvariantCulture,
        $"Agreeing on {Partitions} partitions of exchange '{Exchange}' (another number needs another Messaging:Exchange, and this one as Messaging:Former)");

    public async Task DeclareExchangeAsync(IChannel channel, CancellationToken cancellation)
    {
        await channel.ExchangeDeclareAsync(Exchange, ExchangeType.Direct, durable: true, autoDelete: false, cancellationToken: cancellation);
        await channel.QueueDeclareAsync(
            $"{Exchange}.partitions",
            durable: true,
            exclusive: false,
            autoDelete: false,
            new Dictionary<string, object?> { ["x-queue-type"] = "quorum", ["x-max-length"] = Partitions },
            cancellationToken: cancellation);
    }

    public async Task DeclareQueueAsync(IChannel channel, Subscription subscription, int partition, CancellationToken cancellation)
    {
        var queue = Queue(subscription.Consumer, partition);
        await channel.QueueDeclareAsync(
            queue,
            durable: true,
            exclusive: false,
            autoDelete: false,
            new Dictionary<string, object?> { ["x-queue-type"] = "quorum", ["x-single-active-consumer"] = true },
            cancellationToken: cancellation);
        foreach (var type in subscription.Types.Append(ClosedMedium.Type))
        {
            await channel.QueueBindAsync(queue, Exchange, RoutingKey(partition, type), cancellationToken: cancellation);
        }

        if (history is { } kept) await DeclareHistoryAsync(channel, subscription, partition, kept, cancellation);
    }

    private async Task DeclareHistoryAsync(IChannel channel, Subscription subscription, int partition, TimeSpan kept, CancellationToken cancellation)
    {
        await channel.QueueDeclareAsync(
            History(partition),
            durable: true,
            exclusive: false,
            autoDelete: false,
            new Dictionary<string, object?>
            {
                ["x-queue-type"] = "stream",
                ["x-max-age"] = string.Create(CultureInfo.InvariantCulture, $"{(long)kept.TotalSeconds}s"),
                ["x-stream-max-segment-size-bytes"] = SegmentBytes,
            },
            cancellationToken: cancellation);
        foreach (var type in subscription.Types)
        {
            await channel.QueueBindAsync(History(partition), Exchange, RoutingKey(partition, type), cancellationToken: cancellation);
        }
    }

    /// <summary>Says to publishers that the queue is bound and may be relied on: an exchange without bindings, since nothing else that can be asked over AMQP would tell.</summary>
    public static Task MarkAsync(IChannel channel, string queue, CancellationToken cancellation) =>
        channel.ExchangeDeclareAsync(Mark(queue), ExchangeType.Fanout, durable: true, autoDelete: false, cancellationToken: cancellation);

    /// <summary>Whether the queue is there, bound, and may be relied on. The channel is closed by a "no".</summary>
    public static async Task<bool> IsMarkedAsync(IChannel channel, string queue, CancellationToken cancellation)
    {
        try
        {
            await channel.ExchangeDeclarePassiveAsync(Mark(queue), cancellation);
            await channel.QueueDeclarePassiveAsync(queue, cancellation);
            return true;
        }
        catch (OperationInterruptedException answer) when (answer.ShutdownReason?.ReplyCode == Constants.NotFound)
        {
            return false;
        }
    }

    private static string Mark(string queue) => $"{queue}.bound";
}
