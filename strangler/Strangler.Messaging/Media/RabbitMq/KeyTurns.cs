using System.Runtime.InteropServices;

namespace Strangler.Messaging;

/// <summary>
/// Holds a message back while an earlier one of its key is not confirmed, so that a refused message is never behind a later one of its key (decision 57). Messages of other
/// keys pass it. Messages of one key with the same version go together: they state different facts of one change, or the same fact in two majors. Not thread-safe.
/// </summary>
internal sealed class KeyTurns
{
    private readonly Dictionary<ulong, Turn> turns = [];
    private readonly Queue<Outgoing> released = [];

    /// <summary>Messages that were held back and are not taken yet.</summary>
    public int Held { get; private set; }

    /// <summary>True when there is a message whose turn has come.</summary>
    public bool HasReleased => released.Count > 0;

    /// <summary>Says whether a message may go at once; keeps it otherwise.</summary>
    public bool MayGo(in Outgoing message)
    {
        ref var turn = ref CollectionsMarshal.GetValueRefOrAddDefault(turns, message.Key, out var isTaken);
        if (!isTaken) turn.Version = message.Message.Version;
        else if (turn.Waiting is not null || turn.Version != message.Message.Version)
        {
            (turn.Waiting ??= []).Enqueue(message);
            Held++;
            return false;
        }

        turn.Unconfirmed++;
        return true;
    }

    /// <summary>A message of the key is confirmed. Those that waited for it are released.</summary>
    public void Confirmed(ulong key)
    {
        ref var turn = ref CollectionsMarshal.GetValueRefOrNullRef(turns, key);
        if (--turn.Unconfirmed > 0) return;
        if (turn.Waiting is not { } waiting)
        {
            turns.Remove(key);
            return;
        }

        turn.Version = waiting.Peek().Message.Version;
        while (waiting.TryPeek(out var next) && next.Message.Version == turn.Version)
        {
            released.Enqueue(waiting.Dequeue());
            turn.Unconfirmed++;
        }

        if (waiting.Count == 0) turn.Waiting = null;
    }

    public Outgoing TakeReleased()
    {
        Held--;
        return released.Dequeue();
    }

    /// <summary>Forgets everything; tells the batches of what is held back.</summary>
    public void Fail(Exception cause)
    {
        foreach (var message in turns.Values.SelectMany(static turn => turn.Waiting ?? []).Concat(released)) message.Batch.Fail(cause);
        turns.Clear();
        released.Clear();
        Held = 0;
    }

    private struct Turn
    {
        public int Unconfirmed;
        public MessageVersion Version;
        public Queue<Outgoing>? Waiting;
    }
}
