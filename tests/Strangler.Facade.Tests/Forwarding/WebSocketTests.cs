using System.Net.Sockets;
using System.Text;

namespace Strangler.Facade.Tests;

/// <summary>WebSockets by their frames: whatever one side sends, the other gets.</summary>
public abstract class WebSocketTests(Place place) : StagedTests(place)
{
    private const string Ask = "GET /a HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: v2, v1\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n";
    private const string Agreed = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: v1\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n";

    [Fact]
    [Transparency(55)]
    public async Task Every_frame_arrives_byte_for_byte_in_both_directions()
    {
        await using var owner = new RawServer(EchoAsync);
        await using var facade = await InFrontOfAsync(owner.Address);
        using var limit = new CancellationTokenSource(Limit);
        using var client = new TcpClient();
        await client.ConnectAsync(facade.Public.Host, facade.Public.Port, limit.Token);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(Ask), limit.Token);
        var agreed = await new RawWire(client.GetStream()).ReadMessageAsync(isRequest: false, limit.Token);

        foreach (var frame in Frames())
        {
            var sending = client.GetStream().WriteAsync(frame, limit.Token);
            var back = new byte[frame.Length];
            await client.GetStream().ReadExactlyAsync(back, limit.Token);
            await sending;
            Assert.Equal(frame, back);
        }

        Assert.Equal(0, await client.GetStream().ReadAsync(new byte[1], limit.Token));
        Assert.Equal(RawWire.Headers(Ask).Order(StringComparer.Ordinal), RawWire.Headers(Assert.Single(owner.Requests)).Order(StringComparer.Ordinal));
        Assert.Equal(
            RawWire.Headers(Agreed).Order(StringComparer.Ordinal),
            RawWire.Headers(agreed!).Where(header => !header.StartsWith("Date:", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    [Transparency(55)]
    public async Task An_owner_that_refuses_is_heard()
    {
        await using var owner = RawServer.Saying("HTTP/1.1 403 Not You\r\nContent-Length: 2\r\nContent-Type: text/plain\r\n\r\nno");
        await using var facade = await InFrontOfAsync(owner.Address);

        var answer = await RawWire.ExchangeAsync(facade.Public, Ask);

        Assert.StartsWith("HTTP/1.1 403 Not You\r\n", answer);
        Assert.Equal("no", RawWire.Body(answer));
    }

    /// <summary>Text, a message in three parts with a ping between them, pong, 1 MB of binary, nothing, compressed, close with a code of the application's.</summary>
    private static IEnumerable<byte[]> Frames()
    {
        yield return Frame(0x81, "hello"u8);
        yield return Frame(0x01, "be"u8);
        yield return Frame(0x89, "still there?"u8);
        yield return Frame(0x00, "gi"u8);
        yield return Frame(0x80, "n"u8);
        yield return Frame(0x8A, "still there?"u8);
        yield return Frame(0x82, new byte[1024 * 1024]);
        yield return Frame(0x82, []);
        yield return Frame(0xC1, [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00]);
        yield return Frame(0x88, [4002 >> 8, 4002 & 0xFF, .. "bye"u8]);
    }

    /// <summary>A frame as a client sends it: masked (RFC 6455, 5.2).</summary>
    private static byte[] Frame(byte first, ReadOnlySpan<byte> payload)
    {
        byte[] mask = [1, 2, 3, 4];
        var frame = new List<byte> { first };
        if (payload.Length < 126) frame.Add((byte)(0x80 | payload.Length));
        else frame.AddRange([0xFF, 0, 0, 0, 0, (byte)(payload.Length >> 24), (byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length]);
        frame.AddRange(mask);
        for (var i = 0; i < payload.Length; i++) frame.Add((byte)(payload[i] ^ mask[i % 4]));
        return [.. frame];
    }

    /// <summary>Agrees, and sends back whatever comes; ends when it has sent a close frame.</summary>
    private static async Task<bool> EchoAsync(string request, Stream stream)
    {
        await RawServer.SendAsync(stream, Agreed);
        var buffer = new byte[65536];
        for (int read; (read = await stream.ReadAsync(buffer)) > 0;)
        {
            await stream.WriteAsync(buffer.AsMemory(0, read));
            if (buffer[0] == 0x88) return false;
        }

        return false;
    }
}

public sealed class WebSocketTestsInLegacy() : WebSocketTests(Place.InLegacy);

public sealed class WebSocketTestsInShadow() : WebSocketTests(Place.InShadow);

public sealed class WebSocketTestsInCanaryAtLegacy() : WebSocketTests(Place.InCanaryAtLegacy);

public sealed class WebSocketTestsInCanaryAtService() : WebSocketTests(Place.InCanaryAtService);

public sealed class WebSocketTestsInService() : WebSocketTests(Place.InService);
