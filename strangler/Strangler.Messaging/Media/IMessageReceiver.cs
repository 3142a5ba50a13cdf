namespace Strangler.Messaging;

/// <summary>The messages of one partition of one consumer, in order. Not thread-safe: one loop reads it.</summary>
public interface IMessageReceiver : IAsyncDisposable
{
    /// <summary>Waits for at least one message and returns what is there, in order, at most <paramref name="limit"/>.</summary>
    /// <param name="limit">1 to 10,000.</param>
    /// <param name="cancellation">Ends the wait with <see cref="OperationCanceledException"/>; nothing is lost.</param>
    /// <exception cref="MediumLostException">The connection is gone; open another receiver. Unacknowledged messages come again.</exception>
    Task<IReadOnlyList<Envelope>> ReceiveAsync(int limit, CancellationToken cancellation);

    /// <summary>Marks everything received so far as handled. Call it after the effects are committed, never before.</summary>
    /// <param name="cancellation">Stops waiting; the messages may come again.</param>
    /// <exception cref="MediumLostException">The connection is gone; the messages will come again and be recognised.</exception>
    Task AcknowledgeAsync(CancellationToken cancellation);
}

/// <summary>The connection to the medium is gone. Open again; nothing that was not acknowledged or confirmed is lost.</summary>
/// <param name="message">What was lost.</param>
/// <param name="cause">The medium's own error; null when it closed without one.</param>
public sealed class MediumLostException(string message, Exception? cause = null) : Exception(message, cause);
