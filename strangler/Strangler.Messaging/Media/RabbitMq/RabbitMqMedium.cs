using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using RabbitMQ.Client;

namespace Strangler.Messaging;

/// <summary>
/// Carries messages over RabbitMQ 3.10 or later. A message is an AMQP 0-9-1 message, persistent and mandatory, with the body as it is
/// (<c>application/json</c>), its id as <c>message-id</c>, its time as <c>timestamp</c>, and the attributes of <see cref="EnvelopeHeaders"/>;
/// it is sent to one durable direct exchange with the routing key <c>{partition}.{type}</c> and is safe when a majority of every bound quorum
/// queue has it on disk. Queues are named <c>{exchange}.{consumer}.{partition}</c>. Each publisher has a connection of its own, the receivers
/// share one. Nothing recovers by itself: a publisher or receiver that lost its connection fails, and its owner opens another. Thread-safe.
/// </summary>
public sealed partial class RabbitMqMedium : IMedium, IMessageHistory
{
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(2);

    private readonly MessagingOptions options;
    private readonly RabbitMqTopology topology;
    private readonly RabbitMqNodes nodes;
    private readonly SharedConnection receiving;
    private readonly MessagingMetrics metrics;
    private readonly TimeProvider clock;
    private readonly ILogger logger;

    /// <param name="options">Where the broker is and how it is used; read once.</param>
    /// <param name="metrics">Counts what is published; null for counts that nobody reads.</param>
    /// <param name="clock">The clock; null for the system's.</param>
    /// <param name="logger">Says what is blocked, lost or waited for; null for silence.</param>
    /// <exception cref="OptionsValidationException">The options are wrong; lists every error.</exception>
    public RabbitMqMedium(
        MessagingOptions options, MessagingMetrics? metrics = null, TimeProvider? clock = null, ILogger<RabbitMqMedium>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (new MessagingOptionsValidator(needsBroker: true).Validate(null, options) is { Failed: true, Failures: { } errors })
        {
            throw new OptionsValidationException(MessagingOptions.Section, typeof(MessagingOptions), errors);
        }

        this.options = options;
        this.metrics = metrics ?? new();
        this.clock = clock ?? TimeProvider.System;
        this.logger = logger ?? NullLogger<RabbitMqMedium>.Instance;
        topology = new(options.Exchange, options.Partitions, options.RabbitMq.History);
        nodes = new(options.RabbitMq);
        receiving = new(token => ConnectAsync("receiving", token));
        if (options.Former.Exchange is { } former) Former = new RabbitMqMedium(this, new(former, options.Former.Partitions));
    }

    private RabbitMqMedium(RabbitMqMedium successor, RabbitMqTopology former)
    {
        (options, nodes, metrics, clock, logger, topology) = (successor.options, successor.nodes, successor.metrics, successor.clock, successor.logger, former);
        receiving = new(token => ConnectAsync("receiving", token));
    }

    /// <inheritdoc/>
    public int Partitions => topology.Partitions;

    /// <inheritdoc/>
    public string Name => topology.Exchange;

    /// <inheritdoc/>
    public IMedium? Former { get; }

    /// <inheritdoc/>
    public async Task<IMessagePublisher> OpenPublisherAsync(CancellationToken cancellation)
    {
        var connection = await ConnectAsync("publishing", cancellation);
        try
        {
            var confirmed = new CreateChannelOptions(
                publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: false, outstandingPublisherConfirmationsRateLimiter: null);
            var channel = await connection.RunAsync(
                "Opening a publisher", open => open.CreateChannelAsync(confirmed, cancellation), cancellation);
            await AgreeAsync(connection, channel, cancellation);
            await WaitForRequiredConsumersAsync(connection, cancellation);
            if (Former is { } former) await CloseAsync(former, cancellation);
            return new RabbitMqPublisher(connection, channel, topology, options.RabbitMq, metrics, clock, logger);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<IMessageReceiver> OpenReceiverAsync(Subscription subscription, int partition, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(subscription);
        ArgumentOutOfRangeException.ThrowIfNegative(partition);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(partition, Partitions);

        var connection = await receiving.TakeAsync(cancellation);
        RabbitMqReceiver? receiver = null;
        try
        {
            var channel = await connection.RunAsync("Opening a receiver", open => open.CreateChannelAsync(cancellationToken: cancellation), cancellation);
            receiver = new(channel, connection, () => receiving.ReleaseAsync(connection), logger);
            await AgreeAsync(connection, channel, cancellation);
            await connection.RunAsync(
                $"Declaring queue '{topology.Queue(subscription.Consumer, partition)}'",
                async _ =>
                {
                    await topology.DeclareQueueAsync(channel, subscription, partition, cancellation);
                    await channel.BasicQosAsync(0, (ushort)options.RabbitMq.Prefetch, global: false, cancellation);
                    await channel.BasicConsumeAsync(topology.Queue(subscription.Consumer, partition), autoAck: false, receiver, cancellation);
                    return true;
                },
                cancellation);
            _ = MarkWhenSettledAsync(connection, topology.Queue(subscription.Consumer, partition), receiver.Ended);
            return receiver;
        }
        catch
        {
            await (receiver?.DisposeAsync() ?? receiving.ReleaseAsync(connection));
            throw;
        }
    }

    /// <inheritdoc/>
    public TimeSpan? Kept => options.RabbitMq.History;

    /// <inheritdoc/>
    public async IAsyncEnumerable<IReadOnlyList<Envelope>> ReadAsync(
        int partition, DateTimeOffset? from, [EnumeratorCancellation] CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(partition);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(partition, Partitions);

        var connection = await receiving.TakeAsync(cancellation);
        await using var reader = await RabbitMqHistory.OpenAsync(
            connection, () => receiving.ReleaseAsync(connection), topology.History(partition), from, (ushort)options.RabbitMq.Prefetch, logger, cancellation);
        while (await reader.ReadAsync(cancellation) is { } kept) yield return kept;
    }

    /// <summary>Declares the exchange; refused where somebody has declared it with another number of partitions.</summary>
    private async Task AgreeAsync(RabbitMqConnection connection, IChannel channel, CancellationToken cancellation) => await connection.RunAsync(
        topology.Agreement,
        async _ =>
        {
            await topology.DeclareExchangeAsync(channel, cancellation);
            return true;
        },
        cancellation);

    /// <summary>Nothing more is sent there. Sent again at every start: consumers remember it once.</summary>
    private static async Task CloseAsync(IMedium former, CancellationToken cancellation)
    {
        await using var publisher = await former.OpenPublisherAsync(cancellation);
        try
        {
            var safe = await publisher.PublishAsync([.. ClosedMedium.Messages(former.Name, former.Partitions)], cancellation);
            await safe.WaitAsync(cancellation);
        }
        catch (PublishFailedException failure)
        {
            throw new MediumLostException($"Closing the former exchange '{former.Name}': {failure.Message}", failure);
        }
    }

    private Task<RabbitMqConnection> ConnectAsync(string purpose, CancellationToken cancellation) =>
        RabbitMqConnection.OpenAsync(nodes, options.RabbitMq, $"{topology.Exchange} {purpose} ({Environment.ProcessId})", clock, logger, cancellation);

    private async Task WaitForRequiredConsumersAsync(RabbitMqConnection connection, CancellationToken cancellation)
    {
        var missing = options.RequiredConsumers.SelectMany(
            consumer => Enumerable.Range(0, Partitions).Select(partition => topology.Queue(consumer, partition))).ToList();
        var named = "";
        for (var pause = FirstLook; ; pause = pause * 2 < LongestLook ? pause * 2 : LongestLook)
        {
            while (missing.Count > 0 && await IsBoundAsync(connection, missing[0], cancellation)) missing.RemoveAt(0);
            if (missing.Count == 0) return;
            if (named != missing[0]) LogWaiting(named = missing[0]);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, connection.Lost);
            try
            {
                await Task.Delay(pause, clock, either.Token);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                throw new MediumLostException($"Waiting for queue '{missing[0]}': {connection.LossReason}");
            }
        }
    }

    /// <summary>Beside the receiver's work. Ends with the receiver; the next one of the queue begins again.</summary>
    private async Task MarkWhenSettledAsync(RabbitMqConnection connection, string queue, CancellationToken ended)
    {
        try
        {
            await Task.Delay(options.RabbitMq.QueueSettleTime, clock, ended);
            await connection.RunAsync(
                $"Marking queue '{queue}'",
                async open =>
                {
                    await using var channel = await open.CreateChannelAsync(cancellationToken: ended);
                    await RabbitMqTopology.MarkAsync(channel, queue, ended);
                    return true;
                },
                ended);
        }
        catch (Exception given) when (given is OperationCanceledException or MediumLostException)
        {
            LogNotMarked(queue, given.Message);
        }
    }

    private static Task<bool> IsBoundAsync(RabbitMqConnection connection, string queue, CancellationToken cancellation) =>
        connection.RunAsync(
            $"Looking for queue '{queue}'",
            async open =>
            {
                // The broker answers "not found" by closing the channel, so the question has one of its own.
                await using var channel = await open.CreateChannelAsync(cancellationToken: cancellation);
                return await RabbitMqTopology.IsMarkedAsync(channel, queue, cancellation);
            },
            cancellation);

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "Publishing waits for queue {Queue}: start its consumer once, so that it declares it")]
    private partial void LogWaiting(string queue);

    [LoggerMessage(EventId = 2, Level = LogLevel.Debug, Message = "Queue {Queue} was not marked as bound: {Reason}")]
    private partial void LogNotMarked(string queue, string reason);
}
