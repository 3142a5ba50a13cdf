using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Strangler.Facade.Tests;

/// <summary>Speaks HTTP by hand: keeps each request's bytes as they came (Latin-1) and answers with given bytes.</summary>
internal sealed class RawServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<string, string?> _answer;
    private readonly Task _accepting;

    /// <summary>Starts listening.</summary>
    /// <param name="answer">From head and body to the answer's bytes; null closes the connection without a word.</param>
    public RawServer(Func<string, string?> answer)
    {
        _answer = answer;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    public ConcurrentQueue<string> Requests { get; } = new();

    public static RawServer Saying(string answer) => new(_ => answer);

    public static string Ok(string body = "ok") => $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}";

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true) connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (Exception cause) when (cause is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var _ = client;
        var wire = new RawWire(client.GetStream());
        try
        {
            while (await wire.ReadMessageAsync(isRequest: true, _stop.Token) is { } request)
            {
                Requests.Enqueue(request);
                if (_answer(request) is not { } answer) return;
                await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(answer), _stop.Token);
                if (answer.Contains("Connection: close", StringComparison.OrdinalIgnoreCase)) return;
            }
        }
        catch (Exception cause) when (cause is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The other side left, or the test is over.
        }
    }
}
