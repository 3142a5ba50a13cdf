namespace Strangler.Messaging;

/// <summary>The keys of a batch whose messages wait, paused or parked, and what the batch adds to them.</summary>
internal sealed class WaitingKeys
{
    private readonly Dictionary<string, Last> last = new(StringComparer.Ordinal);

    public List<WaitingKey> NewKeys { get; } = [];

    public List<WaitingMessage> NewMessages { get; } = [];

    /// <summary>A key that waits in the store.</summary>
    /// <param name="key">The key.</param>
    /// <param name="position">Position of its last message; 0 when it has none.</param>
    /// <param name="headers">Headers of its last message; null when it has none.</param>
    public void Load(string key, long position, string? headers) => last[key] = new(position, headers is null ? null : EnvelopeText.Read(headers, []));

    /// <returns><see cref="Verdict.Wait"/> behind a key that waits, <see cref="Verdict.Duplicate"/> when the message waits there already, else <see cref="Verdict.Apply"/>.</returns>
    public Verdict Judge(Envelope message)
    {
        if (!last.TryGetValue(message.Key, out var waiting)) return Verdict.Apply;
        if (waiting.Message is not { } newest) return Verdict.Wait;
        var order = message.Version.CompareTo(newest.Version);
        // An earlier fact of the newest waiting change may come to wait twice: it is found to be a copy when it is tried.
        return order < 0 || (order == 0 && AppliedVersions.FamilyOf(message.Type) == AppliedVersions.FamilyOf(newest.Type)) ? Verdict.Duplicate : Verdict.Wait;
    }

    /// <summary>True when messages of the key wait.</summary>
    public bool Contains(string key) => last.ContainsKey(key);

    /// <summary>Begins to hold the key back; its message follows by <see cref="Append"/>.</summary>
    public void Add(WaitingKey key)
    {
        NewKeys.Add(key);
        last.Add(key.Key, default);
    }

    /// <summary>Puts a message behind those that wait already.</summary>
    /// <returns>Its place among them.</returns>
    public long Append(Envelope message)
    {
        var position = last[message.Key].Position + 1;
        last[message.Key] = new(position, message);
        NewMessages.Add(new() { Key = message.Key, Position = position, Headers = EnvelopeText.Headers(message), Body = message.Data.ToArray() });
        return position;
    }

    private readonly record struct Last(long Position, Envelope? Message);
}

/// <summary>A row of <c>messaging_parked_keys</c>.</summary>
/// <param name="Key">The key.</param>
/// <param name="Attempts">Failed attempts of its first message.</param>
/// <param name="DueAt">When it is tried again; null when it is parked.</param>
/// <param name="Reason">Why, without personal data.</param>
/// <param name="Since">When it first failed.</param>
internal sealed record WaitingKey(string Key, int Attempts, string? DueAt, string Reason, string Since)
{
    /// <summary>The key after another failed attempt of its first message: paused, or parked when there is no use in trying again.</summary>
    public WaitingKey After(Exception failure, ConsumerOptions options, ConsumerStore store)
    {
        var attempts = Attempts + 1;
        var parks = failure is UnreadableMessageException || attempts >= options.Attempts;
        return this with { Attempts = attempts, DueAt = parks ? null : store.TimeText(PauseAfter(attempts, options)), Reason = MaskedReason.Of(failure) };
    }

    private static TimeSpan PauseAfter(int attempts, ConsumerOptions options)
    {
        var longest = Math.Min(options.RetryDelay.TotalMilliseconds * Math.Pow(2, attempts - 1), options.MaxRetryDelay.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(longest * (0.5 + (Random.Shared.NextDouble() / 2)));
    }
}

/// <summary>
/// A row of <c>messaging_parked_messages</c>. Not positional: SQLite says of a result without rows that its bytes are text, and no constructor would match.
/// </summary>
internal sealed record WaitingMessage
{
    public string Key { get; init; } = "";

    public long Position { get; init; }

    public string Headers { get; init; } = "";

    public byte[] Body { get; init; } = [];

    public Envelope Envelope => EnvelopeText.Read(Headers, Body);
}
