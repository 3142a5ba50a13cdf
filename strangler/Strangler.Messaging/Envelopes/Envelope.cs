namespace Strangler.Messaging;

/// <summary>
/// One domain message as it travels: CloudEvents attributes (https://github.com/cloudevents/spec, version 1.0) around a body of bytes.
/// The same change translated twice gives the same envelope, byte for byte, so a copy can always be recognised.
/// </summary>
/// <param name="Id">Identity of the message, unique within <paramref name="Source"/>; a re-sent message keeps it. At most 255 bytes of UTF-8.</param>
/// <param name="Source">Who published, as a URI reference, for example <c>urn:clinic:legacy</c>. Never empty.</param>
/// <param name="Type">Wire name with its major version, for example <c>clinic.patient.registered.v1</c>. Never empty.</param>
/// <param name="Key">The aggregate that the message is about, <c>kind/id</c>, for example <c>patient/42</c>; order is kept per key. CloudEvents <c>subject</c> and <c>partitionkey</c>.</param>
/// <param name="Version">Place of the message in the order of its key; a consumer never applies an older one over a newer one. CloudEvents <c>sequence</c>.</param>
/// <param name="Time">When it happened, UTC: the commit time of the source transaction.</param>
/// <param name="Data">The body: JSON in UTF-8. Empty only for a message that has no body.</param>
public sealed record Envelope(
    string Id,
    string Source,
    string Type,
    string Key,
    MessageVersion Version,
    DateTimeOffset Time,
    ReadOnlyMemory<byte> Data)
{
    /// <summary>What the translator had to assume, as short codes such as <c>name.lossy</c>; empty when the source was clean. Never patient data.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>W3C <c>traceparent</c> of the work that caused the message; null when there is none.</summary>
    public string? TraceParent { get; init; }

    /// <summary>The transaction of the source that the message is of, where that has more messages; null when it has not, or when the source does not tell its transactions apart.</summary>
    public MessageTransaction? Transaction { get; init; }

    /// <summary>
    /// Why the attributes of a received message could not be read; null when they could, as always for messages sent by this library.
    /// All else but <see cref="Id"/> and <see cref="Data"/> is then made up, and a consumer parks the message at once.
    /// </summary>
    public string? Malformed { get; init; }

    /// <summary>A message whose attributes cannot be read: a key of its own, so that it holds back no other.</summary>
    internal static Envelope Unreadable(string id, ReadOnlyMemory<byte> data, string reason) =>
        new(id, "urn:strangler:malformed", "malformed", $"malformed/{id}", default, DateTimeOffset.UnixEpoch, data) { Malformed = reason };
}
