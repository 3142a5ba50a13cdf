using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Strangler.Messaging;

/// <summary>
/// Gives the consumer of this process messages again that the medium has kept, beside those that come. They go through the inbox as
/// all do, under the partition's lock: what the store has seen has no second effect, what it has not, because it was restored or is new, takes effect
/// in the order of its key. Nothing is sent, so no other consumer notices. One replay at a time.
/// </summary>
internal sealed partial class ReplayLoop(
    IMedium medium, Subscription subscription, BatchApplier applier, ConsumerOptions options, ConsumerStatus status, MessagingMetrics metrics,
    TimeProvider clock, ILogger<MessageConsumer> logger)
{
    private readonly Channel<ReplayStart> requests = Channel.CreateBounded<ReplayStart>(1);
    private readonly Lock gate = new();
    private ReplayProgress? current;

    public string Consumer => subscription.Consumer;

    /// <summary>The replay that runs, or the last one; null when there was none since the process started.</summary>
    public ReplayProgress? Current
    {
        get
        {
            lock (gate) return current;
        }
    }

    /// <summary>Why this consumer can have no replay; null when it can.</summary>
    public string? Refusal => medium is IMessageHistory { Kept: not null }
        ? null
        : "The medium of this host keeps no messages: set Messaging:RabbitMq:History to how long it shall, for those to come.";

    /// <summary>Begins a replay.</summary>
    /// <returns>False when one is running already.</returns>
    public bool TryStart(ReplayStart from)
    {
        lock (gate)
        {
            if (current is { State: "running" }) return false;
            current = new(Consumer, from.ToString(), "running", clock.GetUtcNow(), 0, medium.Partitions, null, 0, 0, 0, 0, 0, null);
        }

        return requests.Writer.TryWrite(from);
    }

    /// <param name="stopping">Ends the loop; a replay that runs may be begun again.</param>
    /// <param name="keysWait">Told when a message came to wait.</param>
    public async Task RunAsync(Action keysWait, CancellationToken stopping)
    {
        try
        {
            await foreach (var from in requests.Reader.ReadAllAsync(stopping)) await ReplayAsync(from, keysWait, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The host is stopping.
        }
    }

    private async Task ReplayAsync(ReplayStart from, Action keysWait, CancellationToken stopping)
    {
        LogBegun(Consumer, from);
        try
        {
            for (var partition = 0; partition < medium.Partitions; partition++)
            {
                await ReplayAsync((IMessageHistory)medium, partition, from, keysWait, stopping);
                Update(now => now with { PartitionsDone = now.PartitionsDone + 1 });
            }

            Update(static now => now with { State = "done" });
            LogDone(Consumer, Current!.Read, Current.Applied);
        }
        catch (MediumLostException lost)
        {
            // Begun again it goes through what is done already without an effect: nobody has to guess where to go on.
            Update(now => now with { State = "failed", Problem = lost.Message });
            LogFailed(Consumer, lost.Message);
        }
    }

    private async Task ReplayAsync(IMessageHistory history, int partition, ReplayStart from, Action keysWait, CancellationToken stopping)
    {
        await foreach (var kept in history.ReadAsync(partition, from.Time, stopping))
        {
            var wanted = kept.Where(message => subscription.Types.Contains(message.Type) && message.Version.Position >= (from.Position ?? 0)).ToList();
            foreach (var batch in wanted.Chunk(options.BatchSize))
            {
                var attempt = 0;
                var outcome = await options.Backoff(clock).UntilDoneAsync<Exception, Outcome>(
                    _ => applier.ApplyAsync(batch, partition, attempt++, stopping),
                    (failure, _) => Update(now => now with { Problem = $"the store cannot take messages: {MaskedReason.Of(failure)}" }),
                    stopping);
                status.Add(outcome);
                metrics.Settled(Consumer, outcome);
                if (outcome.CameToWait > 0) keysWait();
                Update(now => now.Plus(outcome) with { Oldest = now.Oldest is { } oldest && oldest <= batch[0].Time ? oldest : batch[0].Time });
            }
        }
    }

    private void Update(Func<ReplayProgress, ReplayProgress> change)
    {
        lock (gate) current = change(current!);
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "Consumer {Consumer} is given its messages again from {From}")]
    private partial void LogBegun(string consumer, ReplayStart from);

    [LoggerMessage(EventId = 2, Level = LogLevel.Information, Message = "Replay to consumer {Consumer} is done: {Read} messages read, {Applied} applied")]
    private partial void LogDone(string consumer, long read, long applied);

    [LoggerMessage(EventId = 3, Level = LogLevel.Error, Message = "Replay to consumer {Consumer} failed, begin it again: {Reason}")]
    private partial void LogFailed(string consumer, string reason);
}
