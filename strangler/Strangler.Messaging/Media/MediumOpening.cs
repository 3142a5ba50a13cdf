using Polly;
using Polly.Retry;

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
        await Backoff.Create<MediumLostException>(delay, maxDelay, TimeProvider.System, failed)
            .ExecuteAsync(async token => await medium.OpenPublisherAsync(token), cancellation);
}

/// <summary>Tries for ever, with growing, jittered pauses.</summary>
internal static class Backoff
{
    public static ResiliencePipeline Create<TException>(TimeSpan delay, TimeSpan maxDelay, TimeProvider clock, Action<Exception, TimeSpan>? failed)
        where TException : Exception =>
        new ResiliencePipelineBuilder { TimeProvider = clock }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = arguments => ValueTask.FromResult(
                    arguments.Outcome.Exception is TException && !arguments.Context.CancellationToken.IsCancellationRequested),
                MaxRetryAttempts = int.MaxValue,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = delay,
                MaxDelay = maxDelay,
                OnRetry = arguments =>
                {
                    failed?.Invoke(arguments.Outcome.Exception!, arguments.RetryDelay);
                    return ValueTask.CompletedTask;
                },
            })
            .Build();
}
