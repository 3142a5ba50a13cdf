using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Strangler.Facade.Tests;

/// <summary>Speaks HTTP by hand: keeps each request's bytes as they came (Latin-1) and answers with given bytes.</summary>
internal sealed class RawServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Func<string, Stream, Task<bool>> serve;
    private readonly Task accepting;

    /// <summary>Starts listening.</summary>
    /// <param name="answer">From head and body to the answer's bytes; null closes the connection without a word.</param>
    public RawServer(Func<string, string?> answer)
        : this((request, stream) => AnswerAsync(answer(request), stream))
    {
    }

    /// <summary>Starts listening.</summary>
    /// <param name="serve">Answers one request on its connection; says whether the connection stays open for the next.</param>
    public RawServer(Func<string, Stream, Task<bool>> serve)
    {
        this.serve = serve;
        listener.Start();
        accepting = AcceptAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");

    /// <summary>What came, in the order in which each was complete. A request cut short is here too, as far as it came.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>How many connections were made.</summary>
    public int Connections { get; private set; }

    public static RawServer Saying(string answer) => new(_ => answer);

    public static string Ok(string body = "ok") => $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}";

    public static async Task SendAsync(Stream stream, string bytes)
    {
        await stream.WriteAsync(Encoding.Latin1.GetBytes(bytes));
        await stream.FlushAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Dispose();
        await accepting;
        stop.Dispose();
    }

    private static async Task<bool> AnswerAsync(string? answer, Stream stream)
    {
        if (answer is null) return false;
        await SendAsync(stream, answer);
        return !answer.Contains("Connection: close", StringComparison.OrdinalIgnoreCase);
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(ServeAsync(await listener.AcceptTcpClientAsync(stop.Token)));
                Connections++;
            }
        }
        catch (Exception cause) when (cause is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var _ = client;
        await using var stream = client.GetStream();
        await using var stopping = stop.Token.Register(client.Close);
        var wire = new RawWire(stream);
        try
        {
            while (await wire.ReadMessageAsync(isRequest: true, stop.Token) is { } request)
            {
                Requests.Enqueue(request);
                if (!await serve(request, stream)) return;
            }
        }
        catch (Exception cause) when (cause is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The other side left, or the test is over.
        }
    }
}
