namespace Strangler.Messaging;

/// <summary>
/// The messages that were sent on a channel and are not confirmed yet, in a ring by their sequence number, which the channel counts from 1.
/// Bounded: the oldest unconfirmed message and the newest are never further apart than the capacity. Thread-safe.
/// </summary>
internal sealed class ConfirmWindow(int capacity)
{
    private readonly Lock gate = new();
    private readonly Entry[] ring = new Entry[capacity];
    private ulong oldest = 1;
    private ulong next = 1;
    private TaskCompletionSource? space;
    private Exception? fault;

    /// <summary>Takes a place for the next message; null when there is none.</summary>
    /// <returns>Null when it was taken; else a task that ends when a place may be free.</returns>
    public Task? TryAdd(string messageId, PublishedBatch batch, long now)
    {
        lock (gate)
        {
            if (fault is not null)
            {
                batch.Fail(fault);
                return null;
            }

            if (next - oldest == (ulong)capacity)
            {
                space ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
                return space.Task;
            }

            ring[next++ % (ulong)capacity] = new(messageId, batch, now);
            return null;
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
                if (at < oldest || entry.Batch is null) continue;
                entry.Batch.OneIsSafe();
                entry = default;
                confirmed++;
            }

            var freed = false;
            for (; oldest < next && ring[oldest % (ulong)capacity].Batch is null; oldest++) freed = true;
            if (freed)
            {
                space?.TrySetResult();
                space = null;
            }

            return confirmed;
        }
    }

    /// <summary>The id of an unconfirmed message; null when it is not there.</summary>
    public string? MessageAt(ulong sequence)
    {
        lock (gate) return sequence >= oldest && sequence < next ? ring[sequence % (ulong)capacity].MessageId : null;
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
                return (entry.MessageId, entry.SentAt);
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
                    if (entry.MessageId == messageId) entry.Batch?.Fail(own!);
                }
            }

            for (; oldest < next; oldest++)
            {
                ref var entry = ref ring[oldest % (ulong)capacity];
                entry.Batch?.Fail(fault);
                entry = default;
            }

            space?.TrySetResult();
            space = null;
        }
    }

    private readonly record struct Entry(string MessageId, PublishedBatch? Batch, long SentAt);
}
