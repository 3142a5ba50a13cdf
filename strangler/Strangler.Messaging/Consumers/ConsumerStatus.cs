using System.Collections.Concurrent;

namespace Strangler.Messaging;

/// <summary>How a consumer of this process fares, for health checks and status pages. Thread-safe.</summary>
/// <param name="consumer">Its name.</param>
public sealed class ConsumerStatus(string consumer)
{
    private const string Start = "start";

    private readonly ConcurrentDictionary<string, string> troubles =
        new([KeyValuePair.Create(Start, $"{Start}: the consumer has not started")], StringComparer.Ordinal);
    private readonly Lock gate = new();
    private ConsumerCounts counts;
    private IReadOnlyList<string> incomplete = [];

    /// <summary>The consumer's name.</summary>
    public string Consumer { get; } = consumer;

    /// <summary>What became of the messages since the process started.</summary>
    public ConsumerCounts Counts
    {
        get
        {
            lock (gate) return counts;
        }
    }

    /// <summary>What the consumer waits for now, one line each, without personal data; empty while it can receive and apply in every partition.</summary>
    public IReadOnlyList<string> Troubles => [.. troubles.OrderBy(trouble => trouble.Key, StringComparer.Ordinal).Select(trouble => trouble.Value)];

    /// <summary>
    /// Of a consumer that asked for whole transactions: those whose rest has not come for longer than <see cref="ConsumerOptions.TransactionWait"/>, one line each with the cure, at most three; empty
    /// while there is none.
    /// </summary>
    public IReadOnlyList<string> IncompleteTransactions
    {
        get
        {
            lock (gate) return incomplete;
        }
    }

    /// <summary>The consumer has started; what it waits for now is told part by part.</summary>
    internal void Started(IEnumerable<string> parts)
    {
        foreach (var part in parts) Trouble(part, "not subscribed yet");
        Fine(Start);
    }

    internal void Trouble(string part, string what) => troubles[part] = $"{part}: {what}";

    internal void Fine(string part) => troubles.TryRemove(part, out _);

    internal void Add(Outcome outcome)
    {
        lock (gate)
        {
            counts = counts with
            {
                Received = counts.Received + outcome.Received,
                Applied = counts.Applied + outcome.Applied,
                Duplicate = counts.Duplicate + outcome.Duplicate,
                Stale = counts.Stale + outcome.Stale,
                CameToWait = counts.CameToWait + outcome.CameToWait,
            };
        }
    }

    internal void Incomplete(IEnumerable<IncompleteTransaction> transactions)
    {
        IReadOnlyList<string> lines = [.. transactions.Select(static one => one.ToString())];
        lock (gate) incomplete = lines;
    }

    internal void Waiting(WaitingCounts now)
    {
        lock (gate) counts = counts with { Waiting = now.Waiting, Parked = now.Parked, ParkedKeys = now.ParkedKeys };
    }
}

/// <summary>Counts of one consumer in one process.</summary>
/// <param name="Received">Messages taken from the medium and settled in the store: directly applied + duplicate + stale + came to wait.</param>
/// <param name="Applied">Messages whose handler succeeded, at once or after waiting.</param>
/// <param name="Duplicate">Copies of messages received before.</param>
/// <param name="Stale">Messages older than what their key has seen.</param>
/// <param name="CameToWait">Messages that failed, or came behind one that did.</param>
/// <param name="Waiting">Messages of paused keys in the store now, whichever process received them.</param>
/// <param name="Parked">Messages of parked keys in the store now: an operator is needed.</param>
public readonly record struct ConsumerCounts(
    long Received, long Applied, long Duplicate, long Stale, long CameToWait, long Waiting, long Parked)
{
    /// <summary>Keys that those parked messages belong to.</summary>
    public long ParkedKeys { get; init; }
}
