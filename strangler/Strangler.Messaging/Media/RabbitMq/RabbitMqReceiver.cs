using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Strangler.Messaging;

/// <summary>Receives one queue on a channel of its own. What it holds is bounded by the prefetch.</summary>
internal sealed partial class RabbitMqReceiver : AsyncDefaultBasicConsumer, IMessageReceiver
{
    private readonly RabbitMqConnection connection;
    private readonly Func<ValueTask> release;
    private readonly ILogger logger;
    private readonly Channel<Delivery> deliveries =
        System.Threading.Channels.Channel.CreateUnbounded<Delivery>(new() { SingleReader = true, SingleWriter = true });
    private readonly CancellationTokenSource ended = new();
    private readonly CancellationTokenRegistration connectionLost;
    private volatile string? lossReason;
    private ulong lastReceived;
    private ulong lastAcknowledged;
    private int disposed;

    public RabbitMqReceiver(IChannel channel, RabbitMqConnection connection, Func<ValueTask> release, ILogger logger)
        : base(channel)
    {
        this.connection = connection;
        this.release = release;
        this.logger = logger;
        channel.ChannelShutdownAsync += OnChannelShutdownAsync;
        connectionLost = connection.Lost.Register(() => Lose(connection.LossReason));
    }

    /// <summary>Cancelled when the receiver is disposed or lost.</summary>
    public CancellationToken Ended => ended.Token;

    public async Task<IReadOnlyList<Envelope>> ReceiveAsync(int limit, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 10_000);
        ObjectDisposedException.ThrowIf(Volatile.Read(ref disposed) != 0, this);
        if (!await deliveries.Reader.WaitToReadAsync(cancellation) || lossReason is not null) throw Lost();

        var received = new List<Envelope>();
        while (received.Count < limit && deliveries.Reader.TryRead(out var delivery))
        {
            received.Add(delivery.Message);
            lastReceived = delivery.Tag;
        }

        return received;
    }

    public async Task AcknowledgeAsync(CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref disposed) != 0, this);
        if (lossReason is not null) throw Lost();
        if (lastReceived == lastAcknowledged) return;

        await connection.RunAsync(
            "Acknowledging",
            async _ =>
            {
                await Channel.BasicAckAsync(lastReceived, multiple: true, CancellationToken.None);
                return true;
            },
            cancellation);
        lastAcknowledged = lastReceived;
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0) return;
        await ended.CancelAsync();
        try
        {
            // Closing the channel gives what was not acknowledged back to the queue, in order.
            if (lossReason is null)
            {
                await connection.RunAsync(
                    "Closing a channel",
                    async _ =>
                    {
                        await Channel.CloseAsync();
                        return true;
                    },
                    CancellationToken.None);
            }
        }
        catch (MediumLostException lost)
        {
            LogUnclean(connection.Name, lost.Message);
            connection.Kill(lost.Message);
        }
        finally
        {
            await connectionLost.DisposeAsync();
            await release();
        }
    }

    // The client takes the body back after this call: it is copied.
    public override Task HandleBasicDeliverAsync(
        string consumerTag,
        ulong deliveryTag,
        bool redelivered,
        string exchange,
        string routingKey,
        IReadOnlyBasicProperties properties,
        ReadOnlyMemory<byte> body,
        CancellationToken cancellationToken = default)
    {
        var headers = properties.Headers as IReadOnlyCollection<KeyValuePair<string, object?>> ?? properties.Headers?.ToList() ?? [];
        deliveries.Writer.TryWrite(new(deliveryTag, EnvelopeHeaders.ReadOrExplain(headers, body.ToArray())));
        return Task.CompletedTask;
    }

    // The queue is gone, or its node.
    protected override Task OnCancelAsync(string[] consumerTags, CancellationToken cancellationToken = default)
    {
        Lose("RabbitMQ cancelled the consumer: its queue was deleted or has moved");
        return base.OnCancelAsync(consumerTags, cancellationToken);
    }

    private Task OnChannelShutdownAsync(object sender, ShutdownEventArgs shutdown)
    {
        Lose(shutdown.ReplyText);
        return Task.CompletedTask;
    }

    private void Lose(string reason)
    {
        lossReason ??= reason;
        deliveries.Writer.TryComplete();
        ended.Cancel();
    }

    private MediumLostException Lost() => new($"Receiving: {lossReason}");

    [LoggerMessage(EventId = 1, Level = LogLevel.Debug, Message = "A channel of connection {Name} did not close cleanly: {Reason}")]
    private partial void LogUnclean(string name, string reason);

    private readonly record struct Delivery(ulong Tag, Envelope Message);
}
