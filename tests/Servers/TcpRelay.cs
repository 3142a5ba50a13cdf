using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Strangler.Tests.Servers;

/// <summary>Stands between a client and a server on loopback, and can refuse, cut, slow down, or swallow without a word, as a broken network does.</summary>
public sealed class TcpRelay : IDisposable
{
    private readonly CancellationTokenSource disposed = new();
    private readonly ConcurrentDictionary<Socket, byte> connections = [];
    private readonly string host;
    private readonly int port;
    private readonly Uri? target;
    private TcpListener listener;
    private volatile TaskCompletionSource flowing = Open();
    private long delayTicks;

    public TcpRelay(Uri target)
        : this(target.Host, target.Port) => this.target = target;

    /// <param name="connectionString">Of a PostgreSQL.</param>
    public TcpRelay(string connectionString)
        : this(new NpgsqlConnectionStringBuilder(connectionString))
    {
    }

    private TcpRelay(NpgsqlConnectionStringBuilder target)
        : this(target.Host!, target.Port)
    {
    }

    private TcpRelay(string host, int port)
    {
        (this.host, this.port) = (host, port);
        listener = Listen(0);
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public int Port { get; }

    /// <summary>The target's address, by way of the relay.</summary>
    public string Uri => new UriBuilder(target ?? throw new InvalidOperationException("The relay's target was not given as an URI.")) { Host = "127.0.0.1", Port = Port }.Uri.OriginalString;

    /// <summary>A connection string of the target, by way of the relay.</summary>
    /// <param name="connectionString">Of any database of it.</param>
    public string To(string connectionString) => new NpgsqlConnectionStringBuilder(connectionString) { Host = "127.0.0.1", Port = Port }.ConnectionString;

    /// <summary>How many connections there are now.</summary>
    public int Connections => connections.Count / 2;

    /// <summary>True while a frozen relay holds something back: a client has connected, has sent it and waits for the answer. Being accepted is less: the client may not know of it yet.</summary>
    public bool HoldsBack => connections.Keys.Any(static socket => socket.Connected && socket.Available > 0);

    /// <summary>Delay of every read, at most 16 KiB each, in both directions; zero by default.</summary>
    public TimeSpan Delay
    {
        get => new(Interlocked.Read(ref delayTicks));
        set => Interlocked.Exchange(ref delayTicks, value.Ticks);
    }

    /// <summary>New connections are refused.</summary>
    public void Refuse() => listener.Stop();

    public void Accept() => listener = Listen(Port);

    /// <summary>Connections stay open, nothing passes either way, and nothing is read: the senders' buffers fill.</summary>
    public void Freeze() => flowing = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Thaw() => flowing.TrySetResult();

    /// <summary>Every connection is reset on both sides; what was on its way is lost. New ones are accepted.</summary>
    public void Reset()
    {
        // The keys are a copy: a client that connects again at once is not met.
        foreach (var connection in connections.Keys)
        {
            try
            {
                connection.LingerState = new(enable: true, seconds: 0);
            }
            catch (Exception ended) when (IsEnd(ended))
            {
                // It has just gone by itself.
            }

            connection.Close();
        }
    }

    public void Dispose()
    {
        disposed.Cancel();
        listener.Stop();
        Thaw();
    }

    private static TaskCompletionSource Open()
    {
        var open = new TaskCompletionSource();
        open.SetResult();
        return open;
    }

    private TcpListener Listen(int at)
    {
        var started = new TcpListener(IPAddress.Loopback, at);
        started.Start();
        _ = AcceptAsync(started);
        return started;
    }

    private async Task AcceptAsync(TcpListener accepting)
    {
        try
        {
            while (true) _ = RelayAsync(await accepting.AcceptTcpClientAsync(disposed.Token));
        }
        catch (Exception stopped) when (stopped is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Refusing, or the end of the test.
        }
    }

    private async Task RelayAsync(TcpClient client)
    {
        using var server = new TcpClient();
        Socket[] sockets = [client.Client, server.Client];
        foreach (var socket in sockets) connections[socket] = 0;
        using (client)
        {
            try
            {
                await server.ConnectAsync(host, port, disposed.Token);
                await Task.WhenAny(CopyAsync(client.GetStream(), server.GetStream()), CopyAsync(server.GetStream(), client.GetStream()));
            }
            catch (Exception ended) when (IsEnd(ended))
            {
                // One side has gone: both connections are closed.
            }
            finally
            {
                foreach (var socket in sockets) connections.TryRemove(socket, out _);
            }
        }
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to)
    {
        var buffer = new byte[16_384];
        try
        {
            while (true)
            {
                await flowing.Task;
                var read = await from.ReadAsync(buffer, disposed.Token);
                if (read == 0) return;
                await flowing.Task;
                if (Delay > TimeSpan.Zero) await Task.Delay(Delay, disposed.Token);
                await to.WriteAsync(buffer.AsMemory(0, read), disposed.Token);
            }
        }
        catch (Exception ended) when (IsEnd(ended))
        {
            // The other direction ends with this one.
        }
    }

    // InvalidOperationException: a socket that was closed before its stream was asked for.
    private static bool IsEnd(Exception exception) =>
        exception is SocketException or IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException;
}
