namespace Strangler.Messaging;

/// <summary>What a medium keeps of the messages that it has carried, so that one consumer may have them again and no other notices.</summary>
public interface IMessageHistory
{
    /// <summary>How long messages are kept; null when none are.</summary>
    TimeSpan? Kept { get; }

    /// <summary>
    /// Reads what is kept of one partition, in the order in which it was sent, and ends with the last message that was there when the reading began.
    /// </summary>
    /// <param name="partition">0 up to, not including, the number of partitions.</param>
    /// <param name="from">Begins with what was sent at or after this time, or a little before it; null for the oldest that is kept.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="MediumLostException">The connection is gone, or nothing is kept of that partition yet.</exception>
    IAsyncEnumerable<IReadOnlyList<Envelope>> ReadAsync(int partition, DateTimeOffset? from, CancellationToken cancellation);
}
