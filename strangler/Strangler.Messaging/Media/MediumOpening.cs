namespace Strangler.Messaging;

/// <summary>Opens publishers and receivers however long the medium is away.</summary>
public static class MediumOpening
{
    /// <summary>Opens a publisher, trying again with growing, jittered pauses while the medium cannot be reached.</summary>
    /// <param name="medium">The medium.</param>
    /// <param name="delay">First pause, for example 200 ms.</param>
    /// <param name="maxDelay">Longest pause, for example 30 s.</param>
    /// <param name="failed">Told of every failure and the pause that follows; null when nobody wants to know.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<IMessagePublisher> OpenPublisherPatientlyAsync(
        this IMedium medium, TimeSpan delay, TimeSpan maxDelay, Action<Exception, TimeSpan>? failed, CancellationToken cancellation) =>
        await new Backoff(delay, maxDelay, TimeProvider.System)
            .UntilDoneAsync<MediumLostException, IMessagePublisher>(medium.OpenPublisherAsync, failed, cancellation);
}
