namespace Strangler.Messaging;

/// <summary>One message as bytes, on its way to every consumer that is bound for it.</summary>
internal sealed class InProcessMessage(
    Dictionary<string, object?> headers, byte[] body, int consumers, SemaphoreSlim window, PublishedBatch batch)
{
    private int unacknowledged = consumers;

    /// <summary>A fresh copy for each delivery: what a receiver does to its bytes is nobody else's business.</summary>
    public Envelope Deliver() => EnvelopeHeaders.Read(headers, body.ToArray());

    /// <summary>One of the consumers is done with it.</summary>
    public void Acknowledge()
    {
        if (Interlocked.Decrement(ref unacknowledged) > 0) return;
        window.Release();
        batch.OneIsSafe();
    }
}
