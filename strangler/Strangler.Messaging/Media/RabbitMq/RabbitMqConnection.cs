using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace Strangler.Messaging;

/// <summary>
/// One connection without automatic recovery: when it is lost it stays lost, and whoever uses it opens another. It can always be ended at
/// once, by its socket: RabbitMQ.Client 7.1 waits for its own writer when it closes, which a silent peer holds up for ever (issues #1928, #1930).
/// </summary>
internal sealed partial class RabbitMqConnection : IAsyncDisposable
{
    private readonly CancellationTokenSource lost = new();
    private readonly TimeSpan patience;
    private readonly TimeProvider clock;
    private readonly ILogger logger;
    private IConnection connection = null!;
    private WatchedSocket? socket;
    private ITimer? silenceWatch;
    private volatile string? lossReason;
    private volatile string? blockedReason;
    private long blockedUntil;
    private int ended;

    private RabbitMqConnection(string name, TimeSpan patience, TimeProvider clock, ILogger logger)
    {
        Name = name;
        this.patience = patience;
        this.clock = clock;
        this.logger = logger;
    }

    public string Name { get; }

    /// <summary>Cancelled when the connection is gone, however it went.</summary>
    public CancellationToken Lost => lost.Token;

    public string LossReason => lossReason ?? "the connection was closed";

    /// <summary>Why the broker takes nothing from this connection for now; null while it does.</summary>
    public string? BlockedReason => blockedReason;

    /// <summary>Timestamp of the clock when the broker last took back a block; 0 when it never blocked.</summary>
    public long BlockedUntil => Volatile.Read(ref blockedUntil);

    /// <summary>Told when a block ends.</summary>
    public event Action? Unblocked;

    /// <summary>Tries each node once, beginning with the one that was good last.</summary>
    /// <exception cref="MediumLostException">No node can be reached, or they refuse; names each.</exception>
    public static async Task<RabbitMqConnection> OpenAsync(
        RabbitMqNodes nodes, RabbitMqOptions options, string name, TimeProvider clock, ILogger logger, CancellationToken cancellation)
    {
        var failures = new List<MediumLostException>();
        while (failures.Count < nodes.Count)
        {
            var node = nodes.Current;
            try
            {
                var opened = await OpenAsync(node, options, name, clock, logger, cancellation);
                opened.Lost.Register(() =>
                {
                    // A node that is left in order is as good as it was.
                    if (Volatile.Read(ref opened.ended) == 0) nodes.MoveOn(node);
                });
                return opened;
            }
            catch (MediumLostException failure)
            {
                failures.Add(failure);
                nodes.MoveOn(node);
            }
        }

        throw failures is [var one] ? one : new MediumLostException(string.Join("; ", failures.Select(static failure => failure.Message)), failures[^1]);
    }

    private static async Task<RabbitMqConnection> OpenAsync(
        AmqpTcpEndpoint node, RabbitMqOptions options, string name, TimeProvider clock, ILogger logger, CancellationToken cancellation)
    {
        var opened = new RabbitMqConnection(name, options.OperationTimeout, clock, logger);
        var factory = new ConnectionFactory
        {
            Uri = new(options.Uri!),
            Endpoint = node,
            ClientProvidedName = name,
            AutomaticRecoveryEnabled = false,
            TopologyRecoveryEnabled = false,
            RequestedHeartbeat = options.Heartbeat,
            RequestedConnectionTimeout = options.OperationTimeout,
            HandshakeContinuationTimeout = options.OperationTimeout,
            ContinuationTimeout = options.OperationTimeout,
        };
        factory.SocketFactory = family => opened.socket = new WatchedSocket(family, clock);
        try
        {
            opened.connection = await factory.CreateConnectionAsync(cancellation).WaitOrAbandonAsync(options.OperationTimeout * 2, cancellation);
        }
        catch (Exception failure) when (IsTheBrokers(failure, cancellation))
        {
            opened.socket?.Dispose();
            throw new MediumLostException($"RabbitMQ at {node.HostName}:{node.Port} cannot be reached: {Explain(failure)}", failure);
        }

        opened.connection.ConnectionBlockedAsync += opened.OnBlockedAsync;
        opened.connection.ConnectionUnblockedAsync += opened.OnUnblockedAsync;
        opened.connection.ConnectionShutdownAsync += opened.OnShutdownAsync;
        opened.WatchSilence(options.Heartbeat);
        return opened;
    }

    /// <summary>Runs an operation on the connection; ends it with the connection, or when it takes longer than an operation may.</summary>
    /// <exception cref="MediumLostException">The connection is gone, the broker refused, or did not answer in time.</exception>
    public async Task<TResult> RunAsync<TResult>(string operation, Func<IConnection, Task<TResult>> action, CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, Lost);
        try
        {
            return await action(connection).WaitOrAbandonAsync(patience, either.Token);
        }
        catch (OperationCanceledException) when (Lost.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new MediumLostException($"{operation}: {LossReason}");
        }
        catch (Exception failure) when (IsTheBrokers(failure, cancellation))
        {
            throw new MediumLostException($"{operation}: {Explain(failure)}", failure);
        }
    }

    /// <summary>Ends the connection at once, whatever state it is in.</summary>
    public void Kill(string reason)
    {
        Lose(reason);
        socket?.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref ended, 1) != 0) return;
        if (!Lost.IsCancellationRequested)
        {
            try
            {
                await connection.CloseAsync().WaitOrAbandonAsync(patience, CancellationToken.None);
            }
            catch (Exception failure) when (IsTheBrokers(failure, CancellationToken.None))
            {
                LogUnclean(Name, failure.Message);
            }
        }

        Kill("the connection was closed");
        try
        {
            await connection.DisposeAsync().AsTask().WaitOrAbandonAsync(patience, CancellationToken.None);
        }
        catch (Exception failure) when (IsTheBrokers(failure, CancellationToken.None))
        {
            LogUnclean(Name, failure.Message);
        }
    }

    /// <summary>
    /// Whether an exception is the world's fault: anything that RabbitMQ.Client raises when a broker is away, refuses or is silent. An operation that was not answered in time it ends as one that was
    /// cancelled.
    /// </summary>
    /// <param name="failure">The exception.</param>
    /// <param name="cancellation">What the caller may have cancelled; then nobody is at fault.</param>
    public static bool IsTheBrokers(Exception failure, CancellationToken cancellation) =>
        failure is RabbitMQClientException or IOException or SocketException or TimeoutException or ObjectDisposedException
            or System.Threading.Channels.ChannelClosedException
        || (failure is OperationCanceledException && !cancellation.IsCancellationRequested);

    public static string Explain(Exception failure)
    {
        var deepest = failure is BrokerUnreachableException { InnerException: { } inner } ? inner.GetBaseException() : failure;
        return failure switch
        {
            OperationInterruptedException { ShutdownReason: { } reason } => reason.ReplyText,
            OperationCanceledException => "RabbitMQ did not answer in time",
            _ => deepest.Message,
        };
    }

    /// <summary>
    /// The broker sends something at least every half heartbeat, also while it has blocked the connection; two in silence, and it is gone.
    /// RabbitMQ.Client notices after two and a quarter: this looks twice as often, to be the first (see <see cref="WatchedSocket"/>).
    /// </summary>
    private void WatchSilence(TimeSpan heartbeat)
    {
        var look = heartbeat / 8;
        silenceWatch = clock.CreateTimer(
            _ =>
            {
                if (socket!.Silence > heartbeat * 2) Kill($"RabbitMQ has been silent for {heartbeat * 2}");
            },
            null,
            look,
            look);
        Lost.Register(silenceWatch.Dispose);
    }

    private Task OnBlockedAsync(object sender, ConnectionBlockedEventArgs blocked)
    {
        blockedReason = blocked.Reason;
        LogBlocked(Name, blocked.Reason);
        return Task.CompletedTask;
    }

    private Task OnUnblockedAsync(object sender, AsyncEventArgs unblocked)
    {
        Volatile.Write(ref blockedUntil, clock.GetTimestamp());
        blockedReason = null;
        LogUnblocked(Name);
        Unblocked?.Invoke();
        return Task.CompletedTask;
    }

    private Task OnShutdownAsync(object sender, ShutdownEventArgs shutdown)
    {
        Lose(shutdown.Exception?.Message ?? shutdown.ReplyText);
        return Task.CompletedTask;
    }

    private void Lose(string reason)
    {
        lossReason ??= reason;
        lost.Cancel();
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "RabbitMQ blocks connection {Name}: {Reason}; publishing waits")]
    private partial void LogBlocked(string name, string reason);

    [LoggerMessage(EventId = 2, Level = LogLevel.Information, Message = "RabbitMQ no longer blocks connection {Name}")]
    private partial void LogUnblocked(string name);

    [LoggerMessage(EventId = 3, Level = LogLevel.Debug, Message = "Connection {Name} did not close cleanly: {Reason}")]
    private partial void LogUnclean(string name, string reason);
}
