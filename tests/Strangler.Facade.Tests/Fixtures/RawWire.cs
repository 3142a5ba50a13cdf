using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Strangler.Facade.Tests;

/// <summary>Reads and writes HTTP/1.1 messages as Latin-1 text, tidying nothing.</summary>
internal sealed class RawWire(Stream stream)
{
    private readonly List<byte> buffer = [];

    /// <summary>Sends one request on a fresh connection and reads the whole answer.</summary>
    public static async Task<string> ExchangeAsync(Uri server, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.Host, server.Port);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(request), limit.Token);
        var head = request.StartsWith("HEAD ", StringComparison.Ordinal);
        return await new RawWire(client.GetStream()).ReadMessageAsync(isRequest: false, limit.Token, head) ?? "(closed)";
    }

    /// <summary>Sends bytes on a fresh connection and reads answers until the server closes it.</summary>
    public static async Task<IReadOnlyList<string>> UntilClosedAsync(Uri server, string bytes)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.Host, server.Port);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(bytes), limit.Token);
        var wire = new RawWire(client.GetStream());
        var answers = new List<string>();
        try
        {
            while (await wire.ReadMessageAsync(isRequest: false, limit.Token) is { } answer) answers.Add(answer);
        }
        catch (IOException)
        {
            // Closed with a reset, because it had not read all that was sent.
        }

        return answers;
    }

    /// <summary>Head, and body as framed (chunks included); null when the stream ends before a head.</summary>
    public async Task<string?> ReadMessageAsync(bool isRequest, CancellationToken cancellation, bool noBody = false)
    {
        int end;
        while ((end = IndexOf("\r\n\r\n", 0)) < 0)
        {
            if (!await FillAsync(cancellation)) return buffer.Count == 0 ? null : Take(buffer.Count);
        }

        var head = Text(end + 4);
        if (noBody || head.StartsWith("HTTP/1.1 304", StringComparison.Ordinal) || head.StartsWith("HTTP/1.1 204", StringComparison.Ordinal) || head.StartsWith("HTTP/1.1 1", StringComparison.Ordinal)) return Take(end + 4);
        // Whoever sends this waits to be told to go on.
        if (isRequest && Header(head, "Expect") == "100-continue") return Take(end + 4);
        if (Header(head, "Transfer-Encoding") == "chunked")
        {
            int last;
            while ((last = IndexOf("0\r\n\r\n", end + 4)) < 0)
            {
                if (!await FillAsync(cancellation)) return Take(buffer.Count);
            }

            return Take(last + 5);
        }

        if (Header(head, "Content-Length") is { } length)
        {
            var whole = end + 4 + int.Parse(length, CultureInfo.InvariantCulture);
            while (buffer.Count < whole && await FillAsync(cancellation))
            {
            }

            return Take(Math.Min(whole, buffer.Count));
        }

        if (isRequest) return Take(end + 4);
        while (await FillAsync(cancellation))
        {
        }

        return Take(buffer.Count);
    }

    public static string? Header(string head, string name) =>
        head.Split("\r\n").Skip(1).TakeWhile(line => line.Length > 0).Where(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase)).Select(line => line[(name.Length + 1)..].Trim()).FirstOrDefault();

    public static string[] Headers(string message) => [.. message.Split("\r\n").Skip(1).TakeWhile(line => line.Length > 0)];

    public static string Body(string message) => message[(message.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];

    private async Task<bool> FillAsync(CancellationToken cancellation)
    {
        var chunk = new byte[16 * 1024];
        var read = await stream.ReadAsync(chunk, cancellation);
        buffer.AddRange(chunk[..read]);
        return read > 0;
    }

    private int IndexOf(string text, int from) => from > buffer.Count ? -1 : Encoding.Latin1.GetString(buffer.ToArray(), from, buffer.Count - from).IndexOf(text, StringComparison.Ordinal) is >= 0 and var at ? at + from : -1;

    private string Text(int length) => Encoding.Latin1.GetString(buffer.ToArray(), 0, length);

    private string Take(int length)
    {
        var text = Text(length);
        buffer.RemoveRange(0, length);
        return text;
    }
}
