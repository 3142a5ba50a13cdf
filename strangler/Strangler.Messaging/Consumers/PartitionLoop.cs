using Microsoft.Extensions.Logging;

namespace Strangler.Messaging;

/// <summary>Receives the messages of one partition, settles them in the store, then acknowledges. Outlives the medium and the store.</summary>
internal sealed partial class PartitionLoop(
    IMedium medium,
    Subscription subscription,
    int partition,
    BatchApplier applier,
    ConsumerOptions options,
    ConsumerStatus status,
    MessagingMetrics metrics,
    TimeProvider clock,
    Action keysWait,
    ILogger logger)
{
    private readonly string part = PartOf(partition);

    /// <summary>What a partition is called in the status.</summary>
    public static string PartOf(int partition) => $"partition {partition}";

    /// <param name="stopping">Ends the loop after the batch in hand.</param>
    /// <param name="aborting">Ends it at once; the batch in hand comes again.</param>
    public async Task RunAsync(CancellationToken stopping, CancellationToken aborting)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await using var receiver = await OpenAsync(stopping);
                while (true)
                {
                    var batch = await receiver.ReceiveAsync(options.BatchSize, stopping);
                    await SettleAsync(batch, stopping, aborting);
                    await receiver.AcknowledgeAsync(aborting);
                }
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

    /// <summary>Tries until the store takes the batch; a stop that finds the store away gives up, and the batch comes again.</summary>
    private async Task SettleAsync(IReadOnlyList<Envelope> batch, CancellationToken stopping, CancellationToken aborting)
    {
        var attempt = 0;
        Outcome outcome;
        try
        {
            outcome = await applier.ApplyAsync(batch, partition, attempt, aborting);
        }
        catch (Exception first) when (!aborting.IsCancellationRequested)
        {
            Failed(first, options.RetryDelay);
            outcome = await options.Backoff(clock).UntilDoneAsync<Exception, Outcome>(
                _ => applier.ApplyAsync(batch, partition, ++attempt, aborting), Failed, stopping);
            status.Fine(part);
        }

        status.Add(outcome);
        metrics.Settled(subscription.Consumer, outcome);
        if (outcome.CameToWait > 0) keysWait();

        void Failed(Exception failure, TimeSpan pause)
        {
            var reason = MaskedReason.Of(failure);
            LogStoreFailed(subscription.Consumer, partition, batch.Count, pause, reason);
            status.Trouble(part, $"the store cannot take messages: {reason}");
        }
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "Consumer {Consumer} lost the medium in partition {Partition}: {Reason}")]
    private partial void LogLost(string consumer, int partition, string reason);

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "Consumer {Consumer} cannot receive in partition {Partition}, trying again in {Pause}: {Reason}")]
    private partial void LogCannotOpen(string consumer, int partition, TimeSpan pause, string reason);

    [LoggerMessage(EventId = 3, Level = LogLevel.Error, Message = "Consumer {Consumer} cannot store {Messages} messages of partition {Partition}, trying again in {Pause}: {Reason}")]
    private partial void LogStoreFailed(string consumer, int partition, int messages, TimeSpan pause, string reason);
}
