using System.Net;
using System.Net.Sockets;

namespace Strangler.Messaging.Tests;

/// <summary>Stands between a client and a server on loopback, and can refuse, or swallow without a word, as a broken network does.</summary>
internal sealed class TcpRelay : IDisposable
{
    private readonly CancellationTokenSource disposed = new();
    private readonly Uri target;
    private TcpListener listener;
    private volatile TaskCompletionSource flowing = Open();

    public TcpRelay(Uri target)
    {
        this.target = target;
        listener = Listen(0);
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public int Port { get; }

    /// <summary>The target's address, by way of the relay.</summary>
    public string Uri => new UriBuilder(target) { Host = "127.0.0.1", Port = Port }.Uri.OriginalString;

    /// <summary>New connections are refused.</summary>
    public void Refuse() => listener.Stop();

    public void Accept() => listener = Listen(Port);

    /// <summary>Connections stay open, nothing passes either way, and nothing is read: the senders' buffers fill.</summary>
    public void Freeze() => flowing = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Thaw() => flowing.TrySetResult();

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

    private TcpListener Listen(int port)
    {
        var started = new TcpListener(IPAddress.Loopback, port);
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
        using (client)
        {
            try
            {
                await server.ConnectAsync(target.Host, target.Port, disposed.Token);
                await Task.WhenAny(CopyAsync(client.GetStream(), server.GetStream()), CopyAsync(server.GetStream(), client.GetStream()));
            }
            catch (Exception ended) when (ended is SocketException or IOException or OperationCanceledException)
            {
                // One side has gone: both connections are closed.
            }
        }
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to)
    {
        var buffer = new byte[16_384];
        while (true)
        {
            await flowing.Task;
            var read = await from.ReadAsync(buffer, disposed.Token);
            if (read == 0) return;
            await flowing.Task;
            await to.WriteAsync(buffer.AsMemory(0, read), disposed.Token);
        }
    }
}
