using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Strangler.Messaging;

/// <summary>
/// Publishes on a connection and channel of its own. Confirms are on and tracked here, not by the client, whose tracking allocates for each
/// message and scans all of them on each multiple confirm. No token is passed into a publish: a cancelled one would leave the client's count
/// of confirms wrong (issue #1900). The first failure ends the publisher and its connection.
/// </summary>
internal sealed partial class RabbitMqPublisher : IMessagePublisher
{
    private readonly RabbitMqConnection connection;
    private readonly IChannel channel;
    private readonly RabbitMqTopology topology;
    private readonly TimeSpan confirmTimeout;
    private readonly MessagingMetrics metrics;
    private readonly TimeProvider clock;
    private readonly ILogger logger;
    private readonly CachedString exchange;
    private readonly ConfirmWindow window;
    private readonly Dictionary<(int Partition, string Type), CachedString> routingKeys = [];

    /// <summary>Held by the call whose messages are being sent. Asynchronous waiters of a <see cref="SemaphoreSlim"/> are served first come, first served.</summary>
    private readonly SemaphoreSlim turn = new(1);
    private readonly ITimer watchdog;
    private readonly CancellationTokenRegistration connectionLost;
    private TaskCompletionSource unblocked = NewSignal();
    private Exception? fault;
    private int disposed;

    public RabbitMqPublisher(
        RabbitMqConnection connection,
        IChannel channel,
        RabbitMqTopology topology,
        RabbitMqOptions options,
        MessagingMetrics metrics,
        TimeProvider clock,
        ILogger logger)
    {
        this.connection = connection;
        this.channel = channel;
        this.topology = topology;
        this.metrics = metrics;
        this.clock = clock;
        this.logger = logger;
        confirmTimeout = options.ConfirmTimeout;
        exchange = new(topology.Exchange);
        window = new(options.Window);
        channel.BasicAcksAsync += OnAckAsync;
        channel.BasicNacksAsync += OnNackAsync;
        channel.BasicReturnAsync += OnReturnAsync;
        channel.ChannelShutdownAsync += OnChannelShutdownAsync;
        connection.Unblocked += OnUnblocked;
        connectionLost = connection.Lost.Register(FailForLostConnection);
        var look = confirmTimeout / 4;
        watchdog = clock.CreateTimer(_ => Watch(), null, look, look);
    }

    public string? BlockedReason => connection.BlockedReason;

    public async Task<Task> PublishAsync(IReadOnlyList<Envelope> messages, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ArgumentOutOfRangeException.ThrowIfZero(messages.Count);
        ObjectDisposedException.ThrowIf(Volatile.Read(ref disposed) != 0, this);
        var batch = new PublishedBatch(messages.Count);
        var outgoing = new Outgoing[messages.Count];
        for (var index = 0; index < outgoing.Length; index++) outgoing[index] = new(messages[index], batch);

        await turn.WaitAsync(cancellation);
        try
        {
            foreach (var message in outgoing) await SendAsync(message, cancellation);
            return batch.Safe;
        }
        finally
        {
            turn.Release();
            if (window.HasReleased) _ = SendReleasedAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0) return;
        await watchdog.DisposeAsync();
        await connection.DisposeAsync();
        await connectionLost.DisposeAsync();
    }

    /// <summary>Sends a message, or leaves it with those that wait for an earlier one of their key; and sends those whose turn has come.</summary>
    private async Task SendAsync(Outgoing message, CancellationToken cancellation)
    {
        bool mayGo;
        await MayPublishAsync(cancellation);
        while (window.TryAdd(message, clock.GetTimestamp(), out mayGo) is { } change)
        {
            await change.WaitAsync(cancellation);
            await SendReleasedInTurnAsync(cancellation);
        }

        ThrowIfFailed();
        if (mayGo) await WriteAsync(message);
        if (window.HasReleased) await SendReleasedInTurnAsync(cancellation);
    }

    /// <summary>Nobody may be sending when a turn comes.</summary>
    private async Task SendReleasedAsync()
    {
        // Who holds the turn sends them, and looks once more after giving it back.
        while (window.HasReleased && turn.Wait(0, CancellationToken.None))
        {
            try
            {
                await SendReleasedInTurnAsync(CancellationToken.None);
            }
            catch (PublishFailedException)
            {
                // Every message that was not confirmed has been told, those that waited included.
                return;
            }
            finally
            {
                turn.Release();
            }
        }
    }

    private async Task SendReleasedInTurnAsync(CancellationToken cancellation)
    {
        while (window.HasReleased)
        {
            await MayPublishAsync(cancellation);
            if (window.TryTakeReleased(clock.GetTimestamp(), out var message)) await WriteAsync(message);
        }
    }

    private Task MayPublishAsync(CancellationToken cancellation)
    {
        ThrowIfFailed();
        return connection.BlockedReason is null ? Task.CompletedTask : WaitUntilUnblockedAsync(cancellation);
    }

    private Task WriteAsync(Outgoing message)
    {
        var sending = channel.BasicPublishAsync(exchange, RoutingKeyOf(message), mandatory: true, message.Properties, message.Message.Data, CancellationToken.None);
        return sending.IsCompletedSuccessfully ? Task.CompletedTask : FinishAsync(sending.AsTask());
    }

    /// <summary>Waits for a publish that did not end at once, but not longer than the connection lives: 7.1 may never end it (issue #1930).</summary>
    private async Task FinishAsync(Task sending)
    {
        try
        {
            await sending.WaitOrAbandonAsync(Timeout.InfiniteTimeSpan, connection.Lost);
        }
        catch (OperationCanceledException) when (connection.Lost.IsCancellationRequested)
        {
            FailForLostConnection();
            ThrowIfFailed();
        }
        catch (Exception failure) when (RabbitMqConnection.IsTheBrokers(failure, CancellationToken.None))
        {
            Fail(new PublishFailedException($"RabbitMQ took no message: {RabbitMqConnection.Explain(failure)}", failure));
            ThrowIfFailed();
        }
    }

    private async Task WaitUntilUnblockedAsync(CancellationToken cancellation)
    {
        while (connection.BlockedReason is not null)
        {
            var signal = Volatile.Read(ref unblocked).Task;
            ThrowIfFailed();
            if (connection.BlockedReason is not null) await signal.WaitAsync(cancellation);
        }
    }

    private void ThrowIfFailed()
    {
        if (Volatile.Read(ref fault) is { } cause)
        {
            throw cause is UnroutableMessageException
                ? new PublishFailedException($"An earlier message failed: {cause.Message} Open another publisher and resend.", cause)
                : new PublishFailedException(cause.Message, cause);
        }
    }

    private CachedString RoutingKeyOf(Outgoing message)
    {
        var (partition, type) = (Partitioner.PartitionOf(message.Key, topology.Partitions), message.Message.Type);
        if (routingKeys.TryGetValue((partition, type), out var known)) return known;
        return routingKeys[(partition, type)] = new(RabbitMqTopology.RoutingKey(partition, type));
    }

    private Task OnAckAsync(object sender, BasicAckEventArgs ack)
    {
        metrics.Published(window.Confirm(ack.DeliveryTag, ack.Multiple));
        if (window.HasReleased) _ = SendReleasedAsync();
        return Task.CompletedTask;
    }

    private Task OnNackAsync(object sender, BasicNackEventArgs nack)
    {
        Fail(new PublishFailedException($"RabbitMQ refused message '{window.MessageAt(nack.DeliveryTag)}' (nack): a queue is full or failed. Resend it."));
        return Task.CompletedTask;
    }

    // Comes before the confirm of the same message: the window still holds it.
    private Task OnReturnAsync(object sender, BasicReturnEventArgs returned)
    {
        var unroutable = new UnroutableMessageException(returned.BasicProperties.MessageId ?? "", returned.RoutingKey);
        Fail(unroutable, unroutable.MessageId);
        return Task.CompletedTask;
    }

    private Task OnChannelShutdownAsync(object sender, ShutdownEventArgs shutdown)
    {
        Fail(new PublishFailedException($"The channel to RabbitMQ is closed: {shutdown.ReplyText}"));
        return Task.CompletedTask;
    }

    private void OnUnblocked() => Interlocked.Exchange(ref unblocked, NewSignal()).TrySetResult();

    private void Watch()
    {
        if (connection.BlockedReason is not null || window.Oldest is not var (messageId, sentAt)) return;
        var since = Math.Max(sentAt, connection.BlockedUntil);
        if (clock.GetElapsedTime(since) < confirmTimeout) return;
        Fail(new PublishFailedException($"RabbitMQ did not confirm message '{messageId}' within {confirmTimeout}; the connection is given up. Resend it."));
    }

    private void FailForLostConnection() => Fail(new PublishFailedException(
        $"The connection to RabbitMQ is lost: {connection.LossReason}. Open another publisher and resend what was not confirmed."));

    private void Fail(PublishFailedException cause, string? unroutableId = null)
    {
        if (Interlocked.CompareExchange(ref fault, cause, null) is not null) return;
        var others = unroutableId is null
            ? cause
            : new PublishFailedException($"Not confirmed before another message failed: {cause.Message}", cause);
        window.Fail(others, unroutableId, cause);
        OnUnblocked();

        // Disposing closes the connection in order, so that what was sent still leaves this process.
        if (Volatile.Read(ref disposed) != 0) return;
        metrics.PublishFailed();
        LogFailed(cause.Message);
        connection.Kill(cause.Message);
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "Publishing failed: {Reason}")]
    private partial void LogFailed(string reason);
}
