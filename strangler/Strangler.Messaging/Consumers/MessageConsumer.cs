using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Strangler.Messaging;

/// <summary>One consumer of this process: a loop for each partition, also of a medium that this one takes over from, one for the keys that wait, one for replays.</summary>
internal sealed class MessageConsumer(
    IMedium medium,
    Subscription subscription,
    ConsumerStore store,
    BatchApplier applier,
    WholeTransactions? whole,
    ReplayLoop replays,
    ConsumerOptions options,
    ConsumerStatus status,
    MessagingMetrics metrics,
    TimeProvider clock,
    ILogger<MessageConsumer> logger) : BackgroundService
{
    private readonly CancellationTokenSource aborting = new();

    /// <summary>Finishes the batches in hand, or drops them when the host's patience ends: they come again.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await using var impatient = cancellationToken.Register(aborting.Cancel);
        await base.StopAsync(cancellationToken);
    }

    public override void Dispose()
    {
        base.Dispose();
        aborting.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var partitions = PartitionsOf(medium, isFormer: false).Concat(medium.Former is { } former ? PartitionsOf(former, isFormer: true) : []).ToList();
        status.Started(partitions.Select(static one => PartitionLoop.PartOf(one.Medium, one.Partition, one.IsFormer)));
        using var waitingKeys = new WaitingKeyLoop(medium, store, applier, whole, options, status, metrics, clock, logger);

        var handover = new Handover(store);
        var loops = partitions
            .Select(one => new PartitionLoop(
                one.Medium, subscription, one.Partition, one.IsFormer, applier, handover, options, status, metrics, clock, waitingKeys.Wake, logger))
            .Select(loop => Guarded(token => loop.RunAsync(token, aborting.Token)))
            .Append(Guarded(token => waitingKeys.RunAsync(token, aborting.Token)))
            .Append(Guarded(token => replays.RunAsync(waitingKeys.Wake, token)))
            .ToList();
        await Task.WhenAll(loops);

        // A loop ends by itself only through an error of ours: the others end too, and the host hears of it.
        async Task Guarded(Func<CancellationToken, Task> run)
        {
            try
            {
                await run(failed.Token);
            }
            catch
            {
                await failed.CancelAsync();
                throw;
            }
        }
    }

    private static IEnumerable<(IMedium Medium, int Partition, bool IsFormer)> PartitionsOf(IMedium medium, bool isFormer) =>
        Enumerable.Range(0, medium.Partitions).Select(partition => (medium, partition, isFormer));
}
