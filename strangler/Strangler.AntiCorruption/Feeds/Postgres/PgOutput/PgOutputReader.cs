using System.Buffers.Binary;
using System.Text;

namespace Strangler.AntiCorruption;

/// <summary>
/// Reads the fields of one message of the plugin pgoutput, in their order (PostgreSQL manual, "Logical Replication Message Formats"): numbers with
/// their highest byte first, texts ended by a zero byte. Never reads beyond the message.
/// </summary>
internal ref struct PgOutputReader(ReadOnlySpan<byte> message)
{
    private const byte Null = (byte)'n';
    private const byte Unchanged = (byte)'u';
    private const byte Text = (byte)'t';

    private static readonly DateTimeOffset Epoch = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly long Earliest = (DateTimeOffset.MinValue - Epoch).Ticks / TimeSpan.TicksPerMicrosecond;
    private static readonly long Latest = (DateTimeOffset.MaxValue - Epoch).Ticks / TimeSpan.TicksPerMicrosecond;

    // The client asks for UTF-8, so bytes that are not are not text of this server.
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private ReadOnlySpan<byte> rest = message;

    public byte ReadByte() => Take(sizeof(byte))[0];

    public int ReadCount() => BinaryPrimitives.ReadInt16BigEndian(Take(sizeof(short))) is >= 0 and var count ? count : throw new PgOutputException("a negative count");

    public int ReadInt32() => BinaryPrimitives.ReadInt32BigEndian(Take(sizeof(int)));

    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32BigEndian(Take(sizeof(uint)));

    public ulong ReadUInt64() => BinaryPrimitives.ReadUInt64BigEndian(Take(sizeof(ulong)));

    /// <summary>Microseconds since the beginning of 2000, UTC.</summary>
    public DateTimeOffset ReadTime() => (long)ReadUInt64() is var time && time >= Earliest && time <= Latest
        ? Epoch.AddTicks(time * TimeSpan.TicksPerMicrosecond)
        : throw new PgOutputException("a time that no clock shows");

    public string ReadText()
    {
        var end = rest.IndexOf((byte)0);
        if (end < 0) throw new PgOutputException("a text without an end");
        var text = Decode(rest[..end]);
        rest = rest[(end + 1)..];
        return text;
    }

    /// <summary>Bytes behind their number.</summary>
    public ReadOnlySpan<byte> ReadSizedBytes() => ReadInt32() is >= 0 and var length ? Take(length) : throw new PgOutputException("a negative length");

    /// <summary>One value of a row.</summary>
    public string? ReadValue() => ReadByte() switch
    {
        Text => Decode(ReadSizedBytes()),
        Null => null,
        Unchanged => SourceRow.Unchanged,
        var kind => throw new PgOutputException($"a value of kind 0x{kind:x2}"),
    };

    public readonly void End()
    {
        if (!rest.IsEmpty) throw new PgOutputException($"{rest.Length} bytes too many");
    }

    private ReadOnlySpan<byte> Take(int bytes)
    {
        if (bytes > rest.Length) throw new PgOutputException($"only {rest.Length} of {bytes} bytes");
        var taken = rest[..bytes];
        rest = rest[bytes..];
        return taken;
    }

    public static string Decode(ReadOnlySpan<byte> text)
    {
        try
        {
            return Utf8.GetString(text);
        }
        catch (DecoderFallbackException)
        {
            // Without the cause: it quotes the bytes.
            throw new PgOutputException("bytes that are not UTF-8; is the database's encoding SQL_ASCII?");
        }
    }
}
