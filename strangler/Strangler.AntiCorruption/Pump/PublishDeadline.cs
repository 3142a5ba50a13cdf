using Strangler.Messaging;

namespace Strangler.AntiCorruption;

/// <summary>No publish outlives its deadline, whatever the medium does: a call that never returns becomes a failure, and the publisher is replaced.</summary>
internal static class PublishDeadline
{
    /// <summary>Publishes, and returns when every message is safe; the medium may take the deadline for the one and for the other.</summary>
    public static async Task SafeInTimeAsync(IMessagePublisher publisher, IReadOnlyList<Envelope> messages, TimeSpan deadline, CancellationToken cancellation)
    {
        var safe = await InTimeAsync(publisher.PublishAsync(messages, cancellation), deadline, cancellation);
        await InTimeAsync(safe, deadline, cancellation);
    }

    public static async Task<T> InTimeAsync<T>(Task<T> publishing, TimeSpan deadline, CancellationToken cancellation)
    {
        await InTimeAsync((Task)publishing, deadline, cancellation);
        return await publishing;
    }

    public static async Task InTimeAsync(Task publishing, TimeSpan deadline, CancellationToken cancellation)
    {
        try
        {
            await publishing.WaitAsync(deadline, cancellation);
        }
        catch (TimeoutException timeout)
        {
            throw new PublishFailedException($"The medium confirmed nothing for {deadline.TotalSeconds:0.#} s. Is it blocked, or a consumer stuck?", timeout);
        }
    }
}
