using System.Globalization;
using System.Runtime.InteropServices;
using Strangler.Messaging;

namespace Strangler.AntiCorruption;

/// <summary>
/// Marks the messages of a source transaction, so that a consumer may wait for all of them (decision 62). How many there are is known at its end alone, and a transaction may be larger than
/// the memory: so its last messages are held back, and the last of each type says how many of each type there are. A type of which none is held back
/// any more has its last message sent once more, saying so; for everybody else that is a copy. What a message says is a function of the transaction's messages, not
/// of the parts in which they come, so it is the same when the transaction is sent again. Not thread-safe.
/// </summary>
internal sealed class TransactionMarks
{
    /// <summary>Most messages held back.</summary>
    public const int HeldBack = 64;

    private readonly Queue<Envelope> held = [];
    private readonly Dictionary<string, int> counts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Envelope> lastSent = new(StringComparer.Ordinal);
    private readonly HashSet<string> idsOfChange = new(StringComparer.Ordinal);
    private MessageVersion change;
    private MessageTransaction? transaction;

    /// <param name="messages">Of one change of the transaction.</param>
    /// <param name="ready">Gets what may be sent.</param>
    public void Add(IReadOnlyList<Envelope> messages, List<Envelope> ready)
    {
        for (var index = 0; index < messages.Count; index++)
        {
            var message = messages[index];
            held.Enqueue(message);
            if (IsNew(message)) CollectionsMarshal.GetValueRefOrAddDefault(counts, message.Type, out _)++;
            if (held.Count <= HeldBack) continue;
            transaction ??= new(message.Version.Position.ToString("x16", CultureInfo.InvariantCulture));
            var first = held.Dequeue() with { Transaction = transaction };
            lastSent[first.Type] = first;
            ready.Add(first);
        }
    }

    /// <summary>The transaction has no more messages.</summary>
    /// <param name="ready">Gets the rest.</param>
    public void End(List<Envelope> ready)
    {
        // A transaction of one message, as most are, is its message.
        if (held.Count == 1 && transaction is null) ready.Add(held.Dequeue());
        else if (held.Count > 0) EndOfSeveral(ready);
        held.Clear();
        counts.Clear();
        lastSent.Clear();
        idsOfChange.Clear();
        transaction = null;
    }

    /// <summary>Two translators of a table may say the same: whoever counts takes the second for a copy.</summary>
    private bool IsNew(Envelope message)
    {
        if (message.Version != change) idsOfChange.Clear();
        change = message.Version;
        return idsOfChange.Add(message.Id);
    }

    private void EndOfSeveral(List<Envelope> ready)
    {
        transaction ??= new(held.Peek().Version.Position.ToString("x16", CultureInfo.InvariantCulture));
        var counted = transaction.With(counts);
        var left = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var message in held) CollectionsMarshal.GetValueRefOrAddDefault(left, message.Type, out _)++;
        foreach (var message in held)
        {
            ref var later = ref CollectionsMarshal.GetValueRefOrNullRef(left, message.Type);
            later--;
            ready.Add(message with { Transaction = later == 0 ? counted : transaction });
        }

        foreach (var (type, message) in lastSent)
        {
            if (!left.ContainsKey(type)) ready.Add(message with { Transaction = counted });
        }
    }
}
