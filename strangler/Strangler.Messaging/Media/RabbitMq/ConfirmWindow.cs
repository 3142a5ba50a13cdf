namespace Strangler.Messaging;

/// <summary>
/// The messages that were sent on a channel and are not confirmed yet, in a ring by their sequence number, which the channel counts from 1, and those that wait for an
/// earlier message of their key. Bounded: from the oldest unconfirmed message to the newest, and those that wait, are never more than the capacity. Thread-safe.
/// </summary>
internal sealed class ConfirmWindow(int capacity)
{
    private readonly Lock gate = new();
    private readonly Entry[] ring = new Entry[capacity];
    private readonly KeyTurns turns = new();
    private ulong oldest = 1;
    private ulong next = 1;
    private TaskCompletionSource? change;
    private Exception? fault;
    private volatile bool hasReleased;

    /// <summary>Takes a message in.</summary>
    /// <param name="message">The message.</param>
    /// <param name="now">Timestamp of the clock.</param>
    /// <param name="mayGo">True when it is to be sent now, as the next of the channel; false when it waits for an earlier one of its key, or was failed.</param>
    /// <returns>Null when it was taken in; else a task that ends when there may be room, or <see cref="TryTakeReleased"/> gives a message.</returns>
    public Task? TryAdd(in Outgoing message, long now, out bool mayGo)
    {
        mayGo = false;
        lock (gate)
        {
            if (fault is not null)
            {
                message.Batch.Fail(fault);
                return null;
            }

            if (next - oldest + (ulong)turns.Held >= (ulong)capacity)
            {
                change ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
                return change.Task;
            }

            mayGo = turns.MayGo(message);
            if (mayGo) ring[next++ % (ulong)capacity] = new(message, now);
            return null;
        }
    }

    /// <summary>True when a message that waited may go now.</summary>
    public bool HasReleased => hasReleased;

    /// <summary>Gives a message that waited and may go now; it is to be sent as the next of the channel.</summary>
    public bool TryTakeReleased(long now, out Outgoing message)
    {
        lock (gate)
        {
            message = default;
            if (!turns.HasReleased) return false;
            message = turns.TakeReleased();
            hasReleased = turns.HasReleased;
            ring[next++ % (ulong)capacity] = new(message, now);
            return true;
        }
    }

    /// <summary>The broker has taken the message, or, with <paramref name="multiple"/>, every one up to it. Confirms may come in any order.</summary>
    /// <returns>How many messages it confirms.</returns>
    public int Confirm(ulong sequence, bool multiple)
    {
        lock (gate)
        {
            if (sequence >= next) return 0;
            var confirmed = 0;
            for (var at = multiple ? oldest : sequence; at <= sequence; at++)
            {
                ref var entry = ref ring[at % (ulong)capacity];
                if (at < oldest || entry.IsEmpty) continue;
                turns.Confirmed(entry.Message.Key);
                entry.Message.Batch.OneIsSafe();
                entry = default;
                confirmed++;
            }

            var freed = hasReleased = turns.HasReleased;
            for (; oldest < next && ring[oldest % (ulong)capacity].IsEmpty; oldest++) freed = true;
            if (freed) TellChange();
            return confirmed;
        }
    }

    /// <summary>The id of an unconfirmed message; null when it is not there.</summary>
    public string? MessageAt(ulong sequence)
    {
        lock (gate) return sequence >= oldest && sequence < next ? ring[sequence % (ulong)capacity].Message.Message?.Id : null;
    }

    /// <summary>The oldest unconfirmed message and when it was sent; null when all are confirmed.</summary>
    public (string MessageId, long SentAt)? Oldest
    {
        get
        {
            lock (gate)
            {
                if (oldest == next) return null;
                var entry = ring[oldest % (ulong)capacity];
                return (entry.Message.Message.Id, entry.SentAt);
            }
        }
    }

    /// <summary>Fails every unconfirmed message, and every one that is added later.</summary>
    /// <param name="cause">What the others get.</param>
    /// <param name="messageId">The message that caused it; null when none in particular did.</param>
    /// <param name="own">What its batch gets.</param>
    public void Fail(Exception cause, string? messageId = null, Exception? own = null)
    {
        lock (gate)
        {
            fault ??= cause;
            if (messageId is not null)
            {
                for (var at = oldest; at < next; at++)
                {
                    ref var entry = ref ring[at % (ulong)capacity];
                    if (!entry.IsEmpty && entry.Message.Message.Id == messageId) entry.Message.Batch.Fail(own!);
                }
            }

            for (; oldest < next; oldest++)
            {
                ref var entry = ref ring[oldest % (ulong)capacity];
                if (!entry.IsEmpty) entry.Message.Batch.Fail(fault);
                entry = default;
            }

            turns.Fail(fault);
            hasReleased = false;
            TellChange();
        }
    }

    private void TellChange()
    {
        change?.TrySetResult();
        change = null;
    }

    private readonly record struct Entry(Outgoing Message, long SentAt)
    {
        public bool IsEmpty => Message.Batch is null;
    }
}
