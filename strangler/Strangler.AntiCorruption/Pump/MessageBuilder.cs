using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Strangler.Messaging;

namespace Strangler.AntiCorruption;

/// <summary>
/// Makes envelopes of domain messages. Everything in one is a function of the change, so a change translated again gives the same bytes.
/// The version of a message is the version of its change: two facts of one change that share a key (<c>….v1</c> and <c>….v2</c>) share it.
/// Not thread-safe.
/// </summary>
internal sealed class MessageBuilder
{
    private readonly string source;
    private readonly string capture;
    private (ulong Position, string Parent) trace;
    private readonly int maxBytes;

    /// <param name="source">CloudEvents source, for example <c>urn:clinic:legacy</c>.</param>
    /// <param name="sourceId">Identity of the capture: a recreated one never gives an old id to a new message.</param>
    /// <param name="maxBytes">Largest body.</param>
    public MessageBuilder(string source, string sourceId, int maxBytes)
    {
        (this.source, this.maxBytes) = (source, maxBytes);
        capture = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sourceId)).AsSpan(0, 8));
    }

    /// <exception cref="MessageTooLargeException">The body is larger than a message may be.</exception>
    public Envelope Build(DomainMessage message, RowChange change)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(message.Body, message.Body.GetType(), MessageJson.Options);
        if (body.Length > maxBytes) throw new MessageTooLargeException(message.Type, body.Length, maxBytes);
        return new(Id(change.Version, message), source, message.Type, message.Key, change.Version, change.CommittedAt, body)
        {
            Warnings = message.Warnings,
            TraceParent = LayerTraces.Wanted ? TraceOf(change.Version.Position) : null,
        };
    }

    private string TraceOf(ulong position)
    {
        if (trace.Position != position) trace = (position, LayerTraces.ParentOf(capture, position));
        return trace.Parent;
    }

    // 16 + 1 + 25 + 1 + 16 characters. The version alone is unique to a change; the last part tells the messages of one change apart.
    private string Id(MessageVersion version, DomainMessage message) =>
        string.Create(CultureInfo.InvariantCulture, $"{capture}-{version}-{Hash(message.Type, message.Key):x16}");

    private static ulong Hash(string type, string key)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        var text = $"{type}\n{key}";
        var length = Encoding.UTF8.GetMaxByteCount(text.Length);
        Span<byte> bytes = length <= 512 ? stackalloc byte[512] : new byte[length];
        SHA256.HashData(bytes[..Encoding.UTF8.GetBytes(text, bytes)], digest);
        return BinaryPrimitives.ReadUInt64BigEndian(digest);
    }
}

/// <summary>A message that no broker would be asked to take: its row waits in the quarantine, the others go on.</summary>
internal sealed class MessageTooLargeException(string type, int bytes, int maxBytes)
    : Exception(string.Create(CultureInfo.InvariantCulture, $"Message {type} would have {bytes} bytes; AntiCorruption:MaxMessageBytes allows {maxBytes}."));
