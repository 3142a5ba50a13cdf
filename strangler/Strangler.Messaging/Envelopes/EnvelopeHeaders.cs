using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Strangler.Messaging;

/// <summary>
/// The attributes of an <see cref="Envelope"/> as message headers: CloudEvents 1.0 in binary mode, each attribute a text header whose
/// name begins with <c>ce-</c>, the body untouched. There is no official binding for AMQP 0-9-1; the names follow Knative's working
/// draft. Written: <c>ce-specversion</c> 1.0, <c>ce-id</c>, <c>ce-source</c>, <c>ce-type</c>, <c>ce-subject</c> and
/// <c>ce-partitionkey</c> (both the key), <c>ce-sequence</c> (the version), <c>ce-time</c> (RFC 3339, UTC, 100 ns), and, when there are
/// any, <c>ce-warnings</c> (joined by commas) and <c>ce-traceparent</c>; of a transaction with more messages <c>ce-transaction</c> and, on one message of each
/// type at least, <c>ce-transactioncounts</c>. Read: the same, <c>ce-subject</c> and <c>ce-time</c> optional.
/// </summary>
public static class EnvelopeHeaders
{
    /// <summary>Begins the name of every header that is a CloudEvents attribute.</summary>
    public const string Prefix = "ce-";

    /// <summary>Media type of every body.</summary>
    public const string ContentType = "application/json";

    /// <summary>Most bytes of UTF-8 in an id: an AMQP short string.</summary>
    private const int MaxIdBytes = 255;

    /// <summary>Most bytes of UTF-8 in a type: an AMQP routing key of 255 bytes, less the partition and its dot.</summary>
    private const int MaxTypeBytes = 251;

    /// <summary>The attributes as headers.</summary>
    /// <exception cref="ArgumentException">An attribute is empty, too long or holds a control character; names it.</exception>
    internal static Dictionary<string, object?> Write(Envelope envelope)
    {
        Check("id", envelope.Id, MaxIdBytes);
        Check("source", envelope.Source, int.MaxValue);
        Check("type", envelope.Type, MaxTypeBytes);
        Check("key", envelope.Key, int.MaxValue);

        var headers = new Dictionary<string, object?>(10, StringComparer.Ordinal)
        {
            ["ce-specversion"] = "1.0",
            ["ce-id"] = envelope.Id,
            ["ce-source"] = envelope.Source,
            ["ce-type"] = envelope.Type,
            ["ce-subject"] = envelope.Key,
            ["ce-partitionkey"] = envelope.Key,
            ["ce-sequence"] = envelope.Version.ToString(),
            // Round-trip format: of a time in UTC, RFC 3339 with 100 ns.
            ["ce-time"] = envelope.Time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
        };
        if (envelope.Warnings.Count > 0) headers["ce-warnings"] = Joined(envelope.Warnings);
        if (envelope.TraceParent is { } trace) headers["ce-traceparent"] = trace;
        if (envelope.Transaction is { } transaction)
        {
            Check("transaction", transaction.Id, int.MaxValue);
            headers["ce-transaction"] = transaction.Id;
            if (transaction.Counts is { } counts) headers["ce-transactioncounts"] = counts;
        }

        return headers;
    }

    /// <summary>What every message carries in its headers, as JSON Schema.</summary>
    internal static JsonObject Schema()
    {
        return new()
        {
            ["type"] = "object",
            ["required"] = new JsonArray("ce-specversion", "ce-id", "ce-source", "ce-type", "ce-partitionkey", "ce-sequence"),
            ["properties"] = new JsonObject
            {
                ["ce-specversion"] = new JsonObject { ["const"] = "1.0" },
                ["ce-id"] = Text("Identity of the message within its source; a message that is sent again keeps it. Also the AMQP message-id."),
                ["ce-source"] = Text("Who published, a URI reference."),
                ["ce-type"] = Text("The type with its major version."),
                ["ce-subject"] = Text("The key."),
                ["ce-partitionkey"] = Text("The key, kind/id: what the message is about. Order is kept per key."),
                ["ce-sequence"] = Text("Version, 16 hex digits, a dot, 8 hex digits: grows within a key, compared as text. An older one never overwrites a newer one."),
                ["ce-time"] = Text("When it happened, RFC 3339, UTC."),
                ["ce-warnings"] = Text("What had to be assumed, codes joined by commas; absent when nothing had to be."),
                ["ce-traceparent"] = Text("W3C trace context of the cause; absent when there is none."),
                ["ce-transaction"] = Text("Which transaction of the source the message is of; absent when that has no other message."),
                ["ce-transactioncounts"] = Text("How many messages of each type that transaction has, type=number joined by commas; on one message of each type at least."),
            },
        };

        static JsonObject Text(string description) => new() { ["type"] = "string", ["description"] = description };
    }

    /// <summary>Reads the attributes of a message, whoever wrote it; the body is not looked at.</summary>
    /// <param name="headers">Text, or text as bytes of UTF-8; other headers are ignored.</param>
    /// <param name="body">Not copied.</param>
    /// <exception cref="FormatException">A required attribute is missing or unreadable; names it.</exception>
    internal static Envelope Read(IEnumerable<KeyValuePair<string, object?>> headers, ReadOnlyMemory<byte> body)
    {
        string? id = null, source = null, type = null, subject = null, key = null, sequence = null, time = null, warnings = null, trace = null, transaction = null, counts = null;
        foreach (var (name, value) in headers)
        {
            switch (name)
            {
                case "ce-id": id = Text(value); break;
                case "ce-source": source = Text(value); break;
                case "ce-type": type = Text(value); break;
                case "ce-subject": subject = Text(value); break;
                case "ce-partitionkey": key = Text(value); break;
                case "ce-sequence": sequence = Text(value); break;
                case "ce-time": time = Text(value); break;
                case "ce-warnings": warnings = Text(value); break;
                case "ce-traceparent": trace = Text(value); break;
                case "ce-transaction": transaction = Text(value); break;
                case "ce-transactioncounts": counts = Text(value); break;
            }
        }

        return new(
            Required("ce-id", id),
            Required("ce-source", source),
            Required("ce-type", type),
            Required("ce-partitionkey", key ?? subject),
            MessageVersion.Parse(Required("ce-sequence", sequence)),
            time is null ? DateTimeOffset.UnixEpoch : Time(time),
            body)
        {
            Warnings = warnings is null ? [] : warnings.Split(','),
            TraceParent = trace,
            Transaction = transaction is null ? null : new(Required("ce-transaction", transaction)) { Counts = Counts(counts) },
        };
    }

    /// <summary>As <see cref="Read"/>, but a message that cannot be read becomes a malformed one, named after its bytes: it must not stop those behind it.</summary>
    internal static Envelope ReadOrExplain(IReadOnlyCollection<KeyValuePair<string, object?>> headers, ReadOnlyMemory<byte> body)
    {
        try
        {
            return Read(headers, body);
        }
        catch (FormatException unreadable)
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (var (name, value) in headers) hash.AppendData(Encoding.UTF8.GetBytes($"{name}:{Text(value)}\n"));
            hash.AppendData(body.Span);
            return Envelope.Unreadable(
                Convert.ToHexStringLower(hash.GetHashAndReset()),
                body,
                $"{unreadable.Message} Its headers: {string.Join(", ", headers.Select(header => header.Key))}.");
        }
    }

    // Ours have this format, which is read several times faster.
    private static DateTimeOffset Time(string text) => DateTimeOffset.TryParseExact(text, "O", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
        ? time
        : DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    private static string? Text(object? value) => value switch
    {
        string text => text,
        byte[] bytes => Encoding.UTF8.GetString(bytes),
        _ => null,
    };

    private static string? Counts(string? text) =>
        text is null || MessageTransaction.TryRead(text, out _) ? text : throw new FormatException("Header 'ce-transactioncounts' is not type=number, with commas between.");

    private static string Required(string name, string? value) =>
        string.IsNullOrEmpty(value) ? throw new FormatException($"The message has no header '{name}'.")
        : HasControl(value) ? throw new FormatException($"Header '{name}' holds a control character.")
        : value;

    private static void Check(string name, string value, int maxBytes)
    {
        if (string.IsNullOrEmpty(value)) throw new ArgumentException($"The message has no {name}.", name);
        if (HasControl(value)) throw new ArgumentException($"The message's {name} holds a control character.", name);
        if (value.Length * 3 > maxBytes && Encoding.UTF8.GetByteCount(value) > maxBytes)
        {
            throw new ArgumentException($"The message's {name} is longer than {maxBytes} bytes of UTF-8.", name);
        }
    }

    // As char.IsControl has it, a vector at a time.
    private static bool HasControl(string value) => value.AsSpan().ContainsAnyInRange('\0', '\u001f') || value.AsSpan().ContainsAnyInRange('\u007f', '\u009f');

    private static string Joined(IReadOnlyList<string> warnings)
    {
        foreach (var warning in warnings)
        {
            if (warning.Contains(',') || HasControl(warning)) throw new ArgumentException("A warning is a short code; it holds no comma and no control character.", nameof(warnings));
        }

        return string.Join(',', warnings);
    }
}
