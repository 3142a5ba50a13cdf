namespace Strangler.Messaging;

/// <summary>
/// Sends messages and reports when they are safe. Calls may overlap; messages of a key reach the wire in the order of the calls, and none of them before the earlier ones of
/// its key (of older versions) are safe: one that is refused is never behind a later one.
/// After a call fails, every later call fails too: dispose the publisher, open another and resend from the oldest unconfirmed message.
/// </summary>
public interface IMessagePublisher : IAsyncDisposable
{
    /// <summary>
    /// Sends the messages in order. The returned task ends when every one of them is safe: confirmed by the broker, or handled by every
    /// subscribed consumer of the in-process medium. The call itself waits only while too many messages are unconfirmed.
    /// </summary>
    /// <param name="messages">At least one; not changed until the task ends.</param>
    /// <param name="cancellation">Stops waiting; the messages may or may not have been sent.</param>
    /// <returns>The outer task ends when the messages are on their way, the inner one when they are safe.</returns>
    /// <exception cref="UnroutableMessageException">No consumer is bound for a message's type and partition: it would have vanished. Raised by the inner task.</exception>
    /// <exception cref="PublishFailedException">Refused, lost or timed out; whether it arrived is unknown. Raised by either task.</exception>
    Task<Task> PublishAsync(IReadOnlyList<Envelope> messages, CancellationToken cancellation);

    /// <summary>Why the medium takes no more messages for now, for example a broker's memory alarm, or keeps them to itself (a journal); null while it carries them. Publishing goes on by itself.</summary>
    string? BlockedReason { get; }
}
