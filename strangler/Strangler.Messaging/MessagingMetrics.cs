using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Strangler.Messaging;

/// <summary>
/// What the library counts, under the meter <c>Strangler.Messaging</c>. Per consumer (tag <c>consumer</c>): <c>strangler.messaging.received</c>,
/// <c>strangler.messaging.applied</c>, <c>strangler.messaging.duplicate</c>, <c>strangler.messaging.stale</c>, <c>strangler.messaging.failed_attempts</c>, the messages of paused
/// and of parked keys now (<c>strangler.messaging.waiting</c>, <c>strangler.messaging.parked</c>), the parked keys (<c>strangler.messaging.parked_keys</c>), and <c>strangler.messaging.delay</c>, from a message's time until it
/// is settled in the store, in seconds. Per publisher: <c>strangler.messaging.published</c> (confirmed) and <c>strangler.messaging.publish_failures</c>.
/// For one process: received = applied + duplicate + stale + what came to wait.
/// </summary>
public sealed class MessagingMetrics : IDisposable
{
    /// <summary>Name of the meter and of the activity source.</summary>
    public const string Name = "Strangler.Messaging";

    internal static readonly ActivitySource Activities = new(Name);

    private readonly Meter meter;
    private readonly Counter<long> received;
    private readonly Counter<long> applied;
    private readonly Counter<long> duplicate;
    private readonly Counter<long> stale;
    private readonly Counter<long> failedAttempts;
    private readonly Gauge<long> waiting;
    private readonly Gauge<long> parked;
    private readonly Gauge<long> parkedKeys;
    private readonly Histogram<double> delay;
    private readonly Counter<long> published;
    private readonly Counter<long> publishFailures;

    /// <param name="meters">Makes the meter; null for a meter of its own.</param>
    public MessagingMetrics(IMeterFactory? meters = null)
    {
        meter = meters?.Create(Name) ?? new Meter(Name);
        received = meter.CreateCounter<long>("strangler.messaging.received", "{message}");
        applied = meter.CreateCounter<long>("strangler.messaging.applied", "{message}");
        duplicate = meter.CreateCounter<long>("strangler.messaging.duplicate", "{message}");
        stale = meter.CreateCounter<long>("strangler.messaging.stale", "{message}");
        failedAttempts = meter.CreateCounter<long>("strangler.messaging.failed_attempts", "{attempt}");
        waiting = meter.CreateGauge<long>("strangler.messaging.waiting", "{message}");
        parked = meter.CreateGauge<long>("strangler.messaging.parked", "{message}");
        parkedKeys = meter.CreateGauge<long>("strangler.messaging.parked_keys", "{key}");
        delay = meter.CreateHistogram<double>("strangler.messaging.delay", "s");
        published = meter.CreateCounter<long>("strangler.messaging.published", "{message}");
        publishFailures = meter.CreateCounter<long>("strangler.messaging.publish_failures", "{failure}");
    }

    /// <inheritdoc/>
    public void Dispose() => meter.Dispose();

    internal void Published(int messages) => published.Add(messages);

    internal void PublishFailed() => publishFailures.Add(1);

    internal void Settled(string consumer, Outcome outcome)
    {
        var tag = Tag(consumer);
        received.Add(outcome.Received, tag);
        applied.Add(outcome.Applied, tag);
        duplicate.Add(outcome.Duplicate, tag);
        stale.Add(outcome.Stale, tag);
        failedAttempts.Add(outcome.FailedAttempts, tag);
    }

    internal void Delayed(string consumer, IReadOnlyList<Envelope> batch, DateTimeOffset now)
    {
        if (!delay.Enabled) return;
        var tag = Tag(consumer);
        foreach (var message in batch.Where(message => message.Malformed is null)) delay.Record((now - message.Time).TotalSeconds, tag);
    }

    internal void Waiting(string consumer, WaitingCounts now)
    {
        var tag = Tag(consumer);
        waiting.Record(now.Waiting, tag);
        parked.Record(now.Parked, tag);
        parkedKeys.Record(now.ParkedKeys, tag);
    }

    private static KeyValuePair<string, object?> Tag(string consumer) => new("consumer", consumer);
}

/// <summary>What became of the messages of one transaction.</summary>
/// <param name="Received">Taken from the medium; 0 for a retry.</param>
/// <param name="Applied">Handled.</param>
/// <param name="Duplicate">Received before.</param>
/// <param name="Stale">Older than what their key has seen.</param>
/// <param name="CameToWait">Put behind a paused or parked key, or first of one.</param>
/// <param name="FailedAttempts">Handlers that threw, bodies that could not be read.</param>
internal readonly record struct Outcome(int Received, int Applied, int Duplicate, int Stale, int CameToWait, int FailedAttempts);
