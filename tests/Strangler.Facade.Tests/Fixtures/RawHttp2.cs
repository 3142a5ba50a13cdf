using System.Buffers.Binary;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Strangler.Facade.Tests;

/// <summary>Speaks HTTP/2 by hand over TLS, so that it can say what no client library would.</summary>
internal sealed class RawHttp2 : IAsyncDisposable
{
    private const byte Data = 0, Headers = 1, Reset = 3, Settings = 4, GoAway = 7;
    private const byte EndStream = 1, Ack = 1, EndHeaders = 4;
    private readonly TcpClient socket = new();
    private SslStream stream = null!;
    private int next = 1;

    public static async Task<RawHttp2> ConnectAsync(Uri server, CancellationToken cancellation)
    {
        var connection = new RawHttp2();
        await connection.socket.ConnectAsync(server.Host, server.Port, cancellation);
        connection.stream = new SslStream(connection.socket.GetStream());
        await connection.stream.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                ApplicationProtocols = [SslApplicationProtocol.Http2],
                RemoteCertificateValidationCallback = TestCertificate.IsIt,
            },
            cancellation);
        await connection.stream.WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray(), cancellation);
        await connection.SendAsync(Settings, 0, 0, [], cancellation);
        return connection;
    }

    /// <summary>Begins a request; names and values go out as they are.</summary>
    /// <returns>The number of its stream.</returns>
    public async Task<int> RequestAsync(IEnumerable<(string Name, string Value)> headers, bool end, CancellationToken cancellation)
    {
        var block = new MemoryStream();
        foreach (var (name, value) in headers)
        {
            // A literal without indexing and without Huffman coding (RFC 7541, 6.2.2).
            block.WriteByte(0);
            Write(block, name);
            Write(block, value);
        }

        var stream = next;
        next += 2;
        await SendAsync(Headers, (byte)(EndHeaders | (end ? EndStream : 0)), stream, block.ToArray(), cancellation);
        return stream;
    }

    public Task SendBodyAsync(int stream, string body, bool end, CancellationToken cancellation) =>
        SendAsync(Data, end ? EndStream : (byte)0, stream, Encoding.Latin1.GetBytes(body), cancellation);

    /// <summary>The status that answers a stream, or <c>refused</c> when stream or connection was reset.</summary>
    public async Task<string> StatusAsync(int stream, CancellationToken cancellation)
    {
        var head = new byte[9];
        while (await this.stream.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellation) == head.Length)
        {
            var payload = new byte[(head[0] << 16) | (head[1] << 8) | head[2]];
            await this.stream.ReadExactlyAsync(payload, cancellation);
            var number = BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(5)) & int.MaxValue;
            if (head[3] == Settings && (head[4] & Ack) == 0) await SendAsync(Settings, Ack, 0, [], cancellation);
            if (head[3] == GoAway || (head[3] == Reset && number == stream)) return "refused";
            if (head[3] == Headers && number == stream) return Status(payload);
        }

        return "refused";
    }

    public async ValueTask DisposeAsync()
    {
        await stream.DisposeAsync();
        socket.Dispose();
    }

    private static string Status(ReadOnlySpan<byte> block)
    {
        // Size updates of the table may stand first; the status is the first header (RFC 7541, appendix A).
        while ((block[0] & 0xE0) == 0x20) block = block[1..];
        string[] indexed = ["200", "204", "206", "304", "400", "404", "500"];
        return block[0] is >= 0x88 and <= 0x8E ? indexed[block[0] - 0x88] : Encoding.ASCII.GetString(block.Slice(2, block[1]));
    }

    private static void Write(MemoryStream block, string text)
    {
        var length = text.Length;
        if (length < 127)
        {
            block.WriteByte((byte)length);
        }
        else
        {
            block.WriteByte(127);
            for (length -= 127; length >= 128; length >>= 7) block.WriteByte((byte)((length & 127) | 128));
            block.WriteByte((byte)length);
        }

        block.Write(Encoding.Latin1.GetBytes(text));
    }

    private async Task SendAsync(byte type, byte flags, int stream, byte[] payload, CancellationToken cancellation)
    {
        var frame = new byte[9 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length << 8);
        frame[3] = type;
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, 9);
        await this.stream.WriteAsync(frame, cancellation);
        await this.stream.FlushAsync(cancellation);
    }
}
