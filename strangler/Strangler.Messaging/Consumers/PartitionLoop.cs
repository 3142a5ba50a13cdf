using Microsoft.Extensions.Logging;

namespace Strangler.Messaging;

/// <summary>
/// Receives the messages of one partition, settles them in the store, then acknowledges. Outlives the medium and the store. Of a medium that takes over from another it
/// takes nothing before that one is handled to its end, by whichever process: the queue is there meanwhile, and keeps what comes.
/// </summary>
internal sealed partial class PartitionLoop(
    IMedium medium,
    Subscription subscription,
    int partition,
    bool isFormer,
    BatchApplier applier,
    Handover handover,
    ConsumerOptions options,
    ConsumerStatus status,
    MessagingMetrics metrics,
    TimeProvider clock,
    Action keysWait,
    ILogger logger)
{
    private static readonly TimeSpan LookAround = TimeSpan.FromMilliseconds(200);

    private readonly string part = PartOf(medium, partition, isFormer);

    /// <summary>What a partition is called in the status.</summary>
    public static string PartOf(IMedium medium, int partition, bool isFormer) => isFormer ? $"partition {partition} of {medium.Name}" : $"partition {partition}";

    /// <param name="stopping">Ends the loop after the batch in hand.</param>
    /// <param name="aborting">Ends it at once; the batch in hand comes again.</param>
    public async Task RunAsync(CancellationToken stopping, CancellationToken aborting)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await using var receiver = await OpenAsync(stopping);
                await FormerIsDoneAsync(stopping);
                while (true)
                {
                    var batch = await receiver.ReceiveAsync(options.BatchSize, stopping);
                    var begun = clock.GetTimestamp();
                    await TakeAsync(batch, stopping, aborting);
                    await receiver.AcknowledgeAsync(aborting);
                    // Behind a full batch the next one waits already.
                    if (batch.Count < options.BatchSize && options.BatchInterval - clock.GetElapsedTime(begun) is { Ticks: > 0 } left) await Task.Delay(left, clock, stopping);
                }
            }
            catch (StoreAwayException)
            {
                // The receiver is closed: its messages are back in the queue, and another process may have them meanwhile.
                LogGivenBack(subscription.Consumer, partition, options.HoldDeliveries);
                await StoreAnswersAsync(stopping);
            }
            catch (MediumLostException lost)
            {
                LogLost(subscription.Consumer, partition, lost.Message);
                status.Trouble(part, $"the medium is lost: {lost.Message}");
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task<IMessageReceiver> OpenAsync(CancellationToken stopping)
    {
        var receiver = await options.Backoff(clock).UntilDoneAsync<MediumLostException, IMessageReceiver>(
            token => medium.OpenReceiverAsync(subscription, partition, token),
            (failure, pause) =>
            {
                LogCannotOpen(subscription.Consumer, partition, pause, failure.Message);
                status.Trouble(part, $"the medium cannot be reached: {failure.Message}");
            },
            stopping);
        status.Fine(part);
        return receiver;
    }

    private async Task StoreAnswersAsync(CancellationToken stopping)
    {
        try
        {
            await PatientlyAsync(
                async () =>
                {
                    await applier.TouchStoreAsync(stopping);
                    return true;
                },
                0,
                Timeout.InfiniteTimeSpan,
                stopping,
                stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The end of the loop.
        }
    }

    private async Task FormerIsDoneAsync(CancellationToken stopping)
    {
        if (medium.Former is not { } former) return;
        while (!await PatientlyAsync(() => handover.IsClosedAsync(former.Name, former.Partitions, stopping), 0, Timeout.InfiniteTimeSpan, stopping, stopping))
        {
            status.Trouble(part, $"waits until '{former.Name}' is handled to its end");
            await Task.Delay(LookAround, clock, stopping);
        }

        status.Fine(part);
    }

    private async Task TakeAsync(IReadOnlyList<Envelope> batch, CancellationToken stopping, CancellationToken aborting)
    {
        if (!batch.Any(static message => message.Type == ClosedMedium.Type))
        {
            await SettleAsync(batch, stopping, aborting);
            return;
        }

        var messages = batch.Where(static message => message.Type != ClosedMedium.Type).ToList();
        if (messages.Count > 0) await SettleAsync(messages, stopping, aborting);
        foreach (var closed in batch.Where(static message => message.Type == ClosedMedium.Type).Select(ClosedMedium.MediumOf).Distinct())
        {
            await PatientlyAsync(
                async () =>
                {
                    await handover.CloseAsync(closed, partition, aborting);
                    return true;
                },
                0,
                options.HoldDeliveries,
                stopping,
                aborting);
            LogClosed(subscription.Consumer, partition, closed);
        }
    }

    /// <summary>Tries until the store takes the batch; a stop that finds the store away gives up, and the batch comes again.</summary>
    /// <exception cref="StoreAwayException">The store has not taken it for as long as it may be held.</exception>
    private async Task SettleAsync(IReadOnlyList<Envelope> batch, CancellationToken stopping, CancellationToken aborting)
    {
        var attempt = 0;
        var outcome = await PatientlyAsync(() => applier.ApplyAsync(batch, partition, attempt++, aborting), batch.Count, options.HoldDeliveries, stopping, aborting);
        status.Add(outcome);
        metrics.Settled(subscription.Consumer, outcome);
        if (outcome.CameToWait > 0) keysWait();
    }

    /// <summary>The first try, on which nearly all depends, costs nothing besides, and a stop does not end it.</summary>
    private async Task<TResult> PatientlyAsync<TResult>(
        Func<Task<TResult>> action, int messages, TimeSpan atMost, CancellationToken stopping, CancellationToken aborting)
    {
        try
        {
            return await action();
        }
        catch (Exception first) when (!aborting.IsCancellationRequested)
        {
            Failed(first, options.RetryDelay);
            var result = await AgainAsync();
            status.Fine(part);
            return result;
        }

        // An attempt is never cut short for the time it takes: it may be about to succeed.
        async Task<TResult> AgainAsync()
        {
            using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            var since = clock.GetTimestamp();
            try
            {
                return await options.Backoff(clock).UntilDoneAsync<Exception, TResult>(
                    _ => action(),
                    (failure, pause) =>
                    {
                        Failed(failure, pause);
                        if (atMost != Timeout.InfiniteTimeSpan && clock.GetElapsedTime(since) + pause >= atMost) giveUp.Cancel();
                    },
                    giveUp.Token);
            }
            catch (OperationCanceledException) when (giveUp.IsCancellationRequested && !stopping.IsCancellationRequested)
            {
                throw new StoreAwayException();
            }
        }

        void Failed(Exception failure, TimeSpan pause)
        {
            var reason = MaskedReason.Of(failure);
            LogStoreFailed(subscription.Consumer, partition, messages, pause, reason);
            status.Trouble(part, $"the store cannot take messages: {reason}");
        }
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "Consumer {Consumer} lost the medium in partition {Partition}: {Reason}")]
    private partial void LogLost(string consumer, int partition, string reason);

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "Consumer {Consumer} cannot receive in partition {Partition}, trying again in {Pause}: {Reason}")]
    private partial void LogCannotOpen(string consumer, int partition, TimeSpan pause, string reason);

    [LoggerMessage(EventId = 3, Level = LogLevel.Error, Message = "Consumer {Consumer} cannot store {Messages} messages of partition {Partition}, trying again in {Pause}: {Reason}")]
    private partial void LogStoreFailed(string consumer, int partition, int messages, TimeSpan pause, string reason);

    [LoggerMessage(EventId = 5, Level = LogLevel.Error, Message = "Consumer {Consumer} gives the messages of partition {Partition} back, which its store has not taken for {Time}, and takes them again when it answers")]
    private partial void LogGivenBack(string consumer, int partition, TimeSpan time);

    [LoggerMessage(EventId = 4, Level = LogLevel.Information, Message = "Consumer {Consumer} has handled partition {Partition} of '{Medium}' to its end")]
    private partial void LogClosed(string consumer, int partition, string medium);
}

/// <summary>The store has not taken a batch for as long as it may be held.</summary>
internal sealed class StoreAwayException : Exception;
