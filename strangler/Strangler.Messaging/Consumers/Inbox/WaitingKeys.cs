namespace Strangler.Messaging;

/// <summary>The keys of a batch whose messages wait, paused or parked, and what the batch adds to them.</summary>
internal sealed class WaitingKeys
{
    private readonly Dictionary<string, long> lastPositions = new(StringComparer.Ordinal);

    public List<WaitingKey> NewKeys { get; } = [];

    public List<WaitingMessage> NewMessages { get; } = [];

    public void Load(string key, long lastPosition) => lastPositions[key] = lastPosition;

    public bool Contains(string key) => lastPositions.ContainsKey(key);

    /// <summary>Begins to hold the key back; its message follows by <see cref="Append"/>.</summary>
    public void Add(WaitingKey key)
    {
        NewKeys.Add(key);
        lastPositions.Add(key.Key, 0);
    }

    /// <summary>Puts a message behind those that wait already.</summary>
    public void Append(Envelope message)
    {
        var position = ++lastPositions[message.Key];
        NewMessages.Add(new(message.Key, position, EnvelopeText.Headers(message), message.Data.ToArray()));
    }
}

/// <summary>A row of <c>messaging_parked_keys</c>.</summary>
/// <param name="Key">The key.</param>
/// <param name="Attempts">Failed attempts of its first message.</param>
/// <param name="DueAt">When it is tried again; null when it is parked.</param>
/// <param name="Reason">Why, without personal data.</param>
/// <param name="Since">When it first failed.</param>
internal sealed record WaitingKey(string Key, int Attempts, string? DueAt, string Reason, string Since);

/// <summary>A row of <c>messaging_parked_messages</c>.</summary>
internal sealed record WaitingMessage(string Key, long Position, string Headers, byte[] Body)
{
    public Envelope Envelope => EnvelopeText.Read(Headers, Body);
}
