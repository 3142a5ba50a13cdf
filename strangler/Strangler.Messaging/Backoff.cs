using Polly;
using Polly.Retry;

namespace Strangler.Messaging;

/// <summary>Tries for ever, with growing, jittered pauses.</summary>
internal readonly record struct Backoff(TimeSpan Delay, TimeSpan MaxDelay, TimeProvider Clock)
{
    /// <summary>Tries until the action succeeds.</summary>
    /// <param name="action">What is tried; any exception but a <typeparamref name="TException"/> ends it.</param>
    /// <param name="failed">Told of every failure and the pause that follows; null when nobody wants to know.</param>
    /// <param name="cancellation">Gives up, and is what ends it even when the last try failed of itself: nobody waits for that failure's cause any more.</param>
    public async Task<TResult> UntilDoneAsync<TException, TResult>(
        Func<CancellationToken, Task<TResult>> action, Action<Exception, TimeSpan>? failed, CancellationToken cancellation)
        where TException : Exception
    {
        var retry = new RetryStrategyOptions
        {
            ShouldHandle = arguments => ValueTask.FromResult(
                arguments.Outcome.Exception is TException && !arguments.Context.CancellationToken.IsCancellationRequested),
            MaxRetryAttempts = int.MaxValue,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = Delay,
            MaxDelay = MaxDelay,
            OnRetry = arguments =>
            {
                failed?.Invoke(arguments.Outcome.Exception!, arguments.RetryDelay);
                return ValueTask.CompletedTask;
            },
        };
        try
        {
            return await new ResiliencePipelineBuilder { TimeProvider = Clock }.AddRetry(retry).Build()
                .ExecuteAsync(async token => await action(token), cancellation);
        }
        catch (TException) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellation);
        }
    }
}
