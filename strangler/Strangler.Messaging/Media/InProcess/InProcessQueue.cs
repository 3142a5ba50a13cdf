namespace Strangler.Messaging;

/// <summary>The messages of one partition of one consumer. The first receiver that joined is active, the others stand by.</summary>
internal sealed class InProcessQueue
{
    private readonly Lock gate = new();
    private readonly LinkedList<InProcessMessage> ready = [];
    private readonly List<InProcessMessage> unacknowledged = [];
    private readonly List<InProcessReceiver> receivers = [];
    private volatile HashSet<string> types = [];

    /// <summary>Adds types; like a broker's bindings they stay when the receiver goes.</summary>
    public void Bind(IEnumerable<string> added)
    {
        lock (gate) types = [.. types, .. added];
    }

    public bool IsBoundFor(string type) => types.Contains(type);

    public InProcessReceiver Join()
    {
        lock (gate)
        {
            var receiver = new InProcessReceiver(this);
            receivers.Add(receiver);
            return receiver;
        }
    }

    public void Enqueue(InProcessMessage message)
    {
        lock (gate)
        {
            ready.AddLast(message);
            WakeActive();
        }
    }

    /// <summary>What is there for this receiver, at most <paramref name="limit"/>; nothing when it stands by.</summary>
    public IReadOnlyList<Envelope> Take(InProcessReceiver receiver, int limit)
    {
        lock (gate)
        {
            if (!IsActive(receiver) || ready.Count == 0) return [];

            var taken = new List<Envelope>(Math.Min(limit, ready.Count));
            while (taken.Count < limit && ready.First is { } first)
            {
                ready.RemoveFirst();
                unacknowledged.Add(first.Value);
                taken.Add(first.Value.Deliver());
            }

            return taken;
        }
    }

    public void Acknowledge(InProcessReceiver receiver)
    {
        lock (gate)
        {
            if (!IsActive(receiver)) return;
            foreach (var message in unacknowledged) message.Acknowledge();
            unacknowledged.Clear();
        }
    }

    /// <summary>What the receiver did not acknowledge goes back to the front, in order, for the next one.</summary>
    public void Leave(InProcessReceiver receiver)
    {
        lock (gate)
        {
            var wasActive = IsActive(receiver);
            receivers.Remove(receiver);
            if (!wasActive) return;

            for (var index = unacknowledged.Count - 1; index >= 0; index--) ready.AddFirst(unacknowledged[index]);
            unacknowledged.Clear();
            WakeActive();
        }
    }

    private bool IsActive(InProcessReceiver receiver) => receivers.Count > 0 && ReferenceEquals(receivers[0], receiver);

    private void WakeActive()
    {
        if (receivers.Count > 0) receivers[0].Wake();
    }
}
