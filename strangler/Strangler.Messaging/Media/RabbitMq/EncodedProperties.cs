using System.Buffers.Binary;
using System.Text;
using RabbitMQ.Client;

namespace Strangler.Messaging;

/// <summary>
/// The properties of a message as they go onto the wire, encoded once (AMQP 0-9-1, 4.2.6.1; field tables 4.2.5.5): content type, headers, delivery
/// mode, message id and timestamp. The client's own <see cref="BasicProperties"/> does the same at a multiple of the cost: it encodes each text twice, to count
/// its bytes and to write them, from a dictionary made for each message. What else it can carry is absent here.
/// </summary>
internal readonly struct EncodedProperties : IReadOnlyBasicProperties, IAmqpHeader
{
    private const ushort BasicClass = 60;
    private const ushort Present = (1 << 15) | (1 << 13) | (1 << 12) | (1 << 7) | (1 << 6);
    private readonly Envelope envelope;
    private readonly byte[] encoded;

    /// <exception cref="ArgumentException">An attribute of the envelope cannot be sent; names it.</exception>
    public EncodedProperties(Envelope envelope)
    {
        this.envelope = envelope;
        var headers = EnvelopeHeaders.List(envelope);
        var table = 0;
        foreach (var (name, value) in headers) table += 1 + name.Length + 1 + sizeof(int) + Encoding.UTF8.GetByteCount(value);
        encoded = new byte[sizeof(ushort) + 1 + EnvelopeHeaders.ContentType.Length + sizeof(int) + table + 1 + 1 + Encoding.UTF8.GetByteCount(envelope.Id) + sizeof(ulong)];

        var writer = new Writer(encoded);
        writer.Number16(Present);
        writer.ShortText(EnvelopeHeaders.ContentType);
        writer.Number32((uint)table);
        foreach (var (name, value) in headers)
        {
            writer.ShortText(name);
            writer.Number8((byte)'S');
            writer.LongText(value);
        }

        writer.Number8((byte)DeliveryModes.Persistent);
        writer.ShortText(envelope.Id);
        writer.Number64((ulong)Timestamp.UnixTime);
    }

    public ushort ProtocolClassId => BasicClass;

    public int GetRequiredBufferSize() => encoded.Length;

    public int WriteTo(Span<byte> span)
    {
        encoded.CopyTo(span);
        return encoded.Length;
    }

    // Asked by the client only when somebody listens to its traces: it then sends properties of its own with the same content.
    public string? ContentType => EnvelopeHeaders.ContentType;

    public IDictionary<string, object?>? Headers => EnvelopeHeaders.Write(envelope);

    public DeliveryModes DeliveryMode => DeliveryModes.Persistent;

    public bool Persistent => true;

    public string? MessageId => envelope.Id;

    public AmqpTimestamp Timestamp => new(envelope.Time.ToUnixTimeSeconds());

    public string? AppId => null;

    public string? ClusterId => null;

    public string? ContentEncoding => null;

    public string? CorrelationId => null;

    public string? Expiration => null;

    public byte Priority => 0;

    public string? ReplyTo => null;

    public PublicationAddress? ReplyToAddress => null;

    public string? Type => null;

    public string? UserId => null;

    public bool IsContentTypePresent() => true;

    public bool IsHeadersPresent() => true;

    public bool IsDeliveryModePresent() => true;

    public bool IsMessageIdPresent() => true;

    public bool IsTimestampPresent() => true;

    public bool IsAppIdPresent() => false;

    public bool IsClusterIdPresent() => false;

    public bool IsContentEncodingPresent() => false;

    public bool IsCorrelationIdPresent() => false;

    public bool IsExpirationPresent() => false;

    public bool IsPriorityPresent() => false;

    public bool IsReplyToPresent() => false;

    public bool IsTypePresent() => false;

    public bool IsUserIdPresent() => false;

    private ref struct Writer(Span<byte> rest)
    {
        private Span<byte> rest = rest;

        public void Number8(byte value)
        {
            rest[0] = value;
            rest = rest[1..];
        }

        public void Number16(ushort value)
        {
            BinaryPrimitives.WriteUInt16BigEndian(rest, value);
            rest = rest[sizeof(ushort)..];
        }

        public void Number32(uint value)
        {
            BinaryPrimitives.WriteUInt32BigEndian(rest, value);
            rest = rest[sizeof(uint)..];
        }

        public void Number64(ulong value)
        {
            BinaryPrimitives.WriteUInt64BigEndian(rest, value);
            rest = rest[sizeof(ulong)..];
        }

        public void ShortText(string text)
        {
            var length = Encoding.UTF8.GetBytes(text, rest[1..]);
            rest[0] = (byte)length;
            rest = rest[(1 + length)..];
        }

        public void LongText(string text)
        {
            var length = Encoding.UTF8.GetBytes(text, rest[sizeof(uint)..]);
            Number32((uint)length);
            rest = rest[length..];
        }
    }
}
