using System.Buffers.Binary;

namespace Strangler.Facade;

/// <summary>Knows where frames of a WebSocket end (RFC 6455, 5.2), fed with the bytes of one direction in pieces of any size.</summary>
internal sealed class WebSocketFrames
{
    // Two bytes, up to eight of length, four of mask.
    private readonly byte[] head = new byte[14];
    private int known;
    private long payloadLeft;

    /// <summary>Whether the bytes so far end with a frame: between frames another one may be put in.</summary>
    public bool AtBoundary => known == 0 && payloadLeft == 0;

    /// <summary>Takes bytes.</summary>
    /// <returns>The number of bytes up to the end of the last frame that ends among them; 0 when none does.</returns>
    public int Take(ReadOnlySpan<byte> bytes)
    {
        var (at, boundary) = (0, 0);
        while (at < bytes.Length)
        {
            if (payloadLeft > 0)
            {
                var part = (int)Math.Min(payloadLeft, bytes.Length - at);
                payloadLeft -= part;
                at += part;
            }
            else
            {
                head[known++] = bytes[at++];
                if (known < 2 || known < HeadLength()) continue;
                payloadLeft = PayloadLength();
                known = 0;
            }

            if (AtBoundary) boundary = at;
        }

        return boundary;
    }

    private int HeadLength() => 2 + ((head[1] & 0x7F) switch { 126 => 2, 127 => 8, _ => 0 }) + ((head[1] & 0x80) != 0 ? 4 : 0);

    private long PayloadLength() => (head[1] & 0x7F) switch
    {
        126 => BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(2)),
        // The highest bit is zero by the standard; one that is not will fail at its receiver.
        127 => BinaryPrimitives.ReadInt64BigEndian(head.AsSpan(2)) & long.MaxValue,
        var length => length,
    };
}
