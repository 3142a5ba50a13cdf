using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Strangler.Messaging;

/// <summary>
/// Carries messages within one process, with the promises of a broker: headers and body go through the same encoding as on the wire,
/// a message is safe when every consumer bound for its type and partition has acknowledged it, and what a receiver did not acknowledge
/// goes to the next one in the same order. Nothing survives the process: whoever publishes resends what was not safe. Thread-safe.
/// </summary>
[SuppressMessage("Reliability", "CA1001", Justification = "A SemaphoreSlim whose wait handle is never asked for holds nothing to dispose.")]
public sealed partial class InProcessMedium : IMedium
{
    private readonly Lock gate = new();
    private readonly Dictionary<(string Consumer, int Partition), InProcessQueue> queues = [];
    private readonly IReadOnlyList<string> requiredConsumers;
    private readonly ILogger logger;
    private readonly SemaphoreSlim window;
    private InProcessQueue[][] queuesByPartition;
    private TaskCompletionSource subscribed = NewSignal();

    /// <param name="partitions">Number of partitions. Default 4; 1 to 256.</param>
    /// <param name="window">Most messages that are sent and not yet safe, over all publishers; a publisher waits when they are reached. Default 5,000; at least 1.</param>
    /// <param name="requiredConsumers">Names of consumers that must have subscribed, in every partition, before a publisher opens, so that none misses the first messages. Default none.</param>
    /// <param name="logger">Says which consumer a publisher is waiting for. Default silent.</param>
    public InProcessMedium(
        int partitions = 4, int window = 5_000, IReadOnlyList<string>? requiredConsumers = null, ILogger<InProcessMedium>? logger = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(partitions, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(partitions, Partitioner.MaxPartitions);
        ArgumentOutOfRangeException.ThrowIfLessThan(window, 1);

        Partitions = partitions;
        this.window = new(window);
        this.requiredConsumers = requiredConsumers ?? [];
        this.logger = logger ?? NullLogger<InProcessMedium>.Instance;
        queuesByPartition = new InProcessQueue[partitions][];
        Array.Fill(queuesByPartition, []);
    }

    /// <inheritdoc/>
    public int Partitions { get; }

    /// <inheritdoc/>
    public async Task<IMessagePublisher> OpenPublisherAsync(CancellationToken cancellation)
    {
        while (true)
        {
            Task next;
            List<string> missing;
            lock (gate)
            {
                missing = requiredConsumers.Where(IsMissing).ToList();
                next = subscribed.Task;
            }

            if (missing.Count == 0) return new InProcessPublisher(this, window);
            LogWaiting(missing);
            await next.WaitAsync(cancellation);
        }
    }

    /// <inheritdoc/>
    public Task<IMessageReceiver> OpenReceiverAsync(Subscription subscription, int partition, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(subscription);
        ArgumentOutOfRangeException.ThrowIfNegative(partition);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(partition, Partitions);
        cancellation.ThrowIfCancellationRequested();

        lock (gate)
        {
            if (!queues.TryGetValue((subscription.Consumer, partition), out var queue))
            {
                queue = queues[(subscription.Consumer, partition)] = new();
                var replaced = queuesByPartition.ToArray();
                replaced[partition] = [.. replaced[partition], queue];
                Volatile.Write(ref queuesByPartition, replaced);
            }

            queue.Bind(subscription.Types);
            subscribed.TrySetResult();
            subscribed = NewSignal();
            return Task.FromResult<IMessageReceiver>(queue.Join());
        }
    }

    internal IReadOnlyList<InProcessQueue> QueuesBoundFor(string type, int partition) =>
        Volatile.Read(ref queuesByPartition)[partition].Where(queue => queue.IsBoundFor(type)).ToList();

    private bool IsMissing(string consumer) =>
        Enumerable.Range(0, Partitions).Any(partition => !queues.ContainsKey((consumer, partition)));

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "Publishing waits until these consumers have subscribed: {Consumers}")]
    private partial void LogWaiting(List<string> consumers);
}
