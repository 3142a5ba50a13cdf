using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Polly;
using Polly.Retry;
using Strangler.Messaging;

namespace Strangler.AntiCorruption;

/// <summary>
/// Runs the anti-corruption layer: makes capture ready, then follows the changes and, beside them, backfills the tables that have not been. Whatever fails, it
/// begins again from the stored checkpoint with a growing, jittered pause, and <see cref="PumpState.Problem"/> says why; it never passes over
/// a change and never waits for ever.
/// </summary>
internal sealed partial class AntiCorruptionPump : BackgroundService
{
    private readonly IChangeFeed feed;
    private readonly IMedium medium;
    private readonly AclStore store;
    private readonly LayerLease lease;
    private readonly Backfills backfills;
    private readonly KnownRows known;
    private readonly AwaitedRows awaited;
    private readonly TranslatorSet translators;
    private readonly GapHealing gaps;
    private readonly ShapeGate gate;
    private readonly QuarantineStore quarantine;
    private readonly WaitingChanges waiting;
    private readonly PumpStatus status;
    private readonly AntiCorruptionOptions options;
    private readonly TimeProvider clock;
    private readonly ILogger<AntiCorruptionPump> logger;
    private readonly ResiliencePipeline retries;

    public AntiCorruptionPump(
        IChangeFeed feed, IMedium medium, AclStore store, LayerLease lease, Backfills backfills, KnownRows known, AwaitedRows awaited, TranslatorSet translators, GapHealing gaps, ShapeGate gate, QuarantineStore quarantine, WaitingChanges waiting, PumpStatus status,
        IOptions<AntiCorruptionOptions> options, TimeProvider clock, ILogger<AntiCorruptionPump> logger)
    {
        (this.feed, this.medium, this.store, this.lease, this.backfills, this.known, this.translators, this.status) = (feed, medium, store, lease, backfills, known, translators, status);
        (this.awaited, this.gaps, this.gate, this.quarantine, this.waiting) = (awaited, gaps, gate, quarantine, waiting);
        (this.options, this.clock, this.logger) = (options.Value, clock, logger);
        retries = new ResiliencePipelineBuilder { TimeProvider = clock }.AddRetry(new RetryStrategyOptions
        {
            MaxRetryAttempts = int.MaxValue,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = TimeSpan.FromMilliseconds(200),
            MaxDelay = this.options.MaxRetryDelay,
            ShouldHandle = static arguments => new(arguments.Outcome.Exception is not null && !arguments.Context.CancellationToken.IsCancellationRequested),
            OnRetry = Retrying,
        }).Build();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The host's start does not wait for the first database call.
        await Task.Yield();
        try
        {
            // A run that made progress and then failed begins with short pauses again.
            while (true) await retries.ExecuteAsync(RunAsync, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            status.Enter(PumpPhase.Stopped);
        }
    }

    private async ValueTask RunAsync(CancellationToken cancellation)
    {
        await store.CreateAsync(cancellation);
        await using var active = await lease.TakeAsync(StandBy, cancellation);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, active.Lost);
        try
        {
            if (active.TookOver) await feed.EndOthersAsync(either.Token);
            await RunActiveAsync(either.Token);
        }
        catch (OperationCanceledException) when (active.Lost.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new LeaseLostException(active.Epoch);
        }
    }

    private void StandBy()
    {
        if (status.Current.Phase == PumpPhase.Standby) return;
        status.Enter(PumpPhase.Standby);
        LogStandsBy();
    }

    private async Task RunActiveAsync(CancellationToken cancellation)
    {
        // Before the shapes are looked at: who asks for another look meanwhile gets one.
        var again = gate.Again;
        status.Enter(PumpPhase.Preparing);
        var checkpoint = await PrepareAsync(cancellation);
        await backfills.LoadAsync(cancellation);
        await awaited.LoadAsync(cancellation);
        var messages = new MessageBuilder(options.Source, checkpoint.SourceId, options.MaxMessageBytes);
        var checkpoints = new CheckpointWriter(store, feed, backfills, checkpoint, options, clock);
        var publisher = await medium.OpenPublisherAsync(cancellation).WaitAsync(options.ConfirmTimeout, cancellation);
        status.Publisher = publisher;
        try
        {
            await store.ForgetAfterAsync(checkpoint, cancellation);
            var rows = new WaitingRows(await quarantine.RefusedRowsAsync(cancellation));
            var builder = new BatchBuilder(translators, messages, rows, backfills, gate, awaited, new ChangeIntake(checkpoint.RaisedBy, options.MaskedColumns));
            // What waited goes before everything later of its row.
            await waiting.ReleaseAsync(rows, builder, messages, publisher, checkpoint, cancellation);
            LogStreaming(checkpoint.Position);
            var load = new LiveLoad(clock);
            var backfill = new BackfillRun(feed, backfills, known, awaited, translators, gate, load, status, options, clock, logger);
            using var run = CancellationTokenSource.CreateLinkedTokenSource(cancellation, again);
            await new StreamRun(feed, publisher, builder, checkpoints, load, status, options, logger).RunAsync(backfill.RunAsync, run.Token);
        }
        catch (OperationCanceledException) when (again.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            LogLooksAgain();
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested && checkpoints.Stored.Position > checkpoint.Position)
        {
            Report(failure, TimeSpan.Zero);
        }
        finally
        {
            status.Publisher = null;
            await DisposeAsync(publisher);
        }
    }

    private async Task<SourceCheckpoint> PrepareAsync(CancellationToken cancellation)
    {
        var stored = await store.CheckpointAsync(cancellation);
        var identity = await gaps.PrepareAsync(stored, cancellation);
        status.Captures(identity.Id);
        var continues = stored?.SourceId == identity.Id;
        var checkpoint = continues ? stored! : stored?.FollowedBy(identity) ?? new(identity.Id, identity.Start);
        if (!continues)
        {
            await store.BeginCaptureAsync(checkpoint, heals: stored is not null, cancellation);
            LogCaptureBegun(identity.Id, identity.Start);
        }

        await gaps.BeginLostTablesAsync(identity.Shapes, cancellation);
        await store.SaveShapesAsync(gate.Begin(await store.ShapesAsync(cancellation), identity.Shapes, await waiting.HeldTablesAsync(cancellation)), cancellation);
        return checkpoint;
    }

    private async Task DisposeAsync(IMessagePublisher publisher)
    {
        try
        {
            await publisher.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));
        }
        catch (Exception failure) when (failure is TimeoutException or PublishFailedException or IOException)
        {
            LogPublisherNotClosed(failure);
        }
    }

    private ValueTask Retrying(OnRetryArguments<object> retry)
    {
        Report(retry.Outcome.Exception!, retry.RetryDelay);
        return ValueTask.CompletedTask;
    }

    private void Report(Exception failure, TimeSpan pause)
    {
        status.Enter(PumpPhase.Retrying, failure.Message);
        if (failure is SourceRefusedException) LogRefused(failure.Message, pause.TotalSeconds);
        else LogRetrying(failure, pause.TotalSeconds);
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "Capture {SourceId} begins at {Position}")]
    private partial void LogCaptureBegun(string sourceId, ulong position);

    [LoggerMessage(EventId = 7, Level = LogLevel.Information, Message = "Another layer on the same store is active; this one stands by")]
    private partial void LogStandsBy();

    [LoggerMessage(EventId = 2, Level = LogLevel.Information, Message = "Following the changes after {Position}")]
    private partial void LogStreaming(ulong position);

    [LoggerMessage(EventId = 6, Level = LogLevel.Information, Message = "A person asked for another look at the shapes of the tables")]
    private partial void LogLooksAgain();

    [LoggerMessage(EventId = 3, Level = LogLevel.Warning, Message = "The anti-corruption layer begins again from its checkpoint in {Seconds:0.0} s")]
    private partial void LogRetrying(Exception cause, double seconds);

    [LoggerMessage(EventId = 4, Level = LogLevel.Error, Message = "The source cannot be captured; looking again in {Seconds:0.0} s. {Problems}")]
    private partial void LogRefused(string problems, double seconds);

    [LoggerMessage(EventId = 5, Level = LogLevel.Warning, Message = "The publisher could not be closed; it is left behind")]
    private partial void LogPublisherNotClosed(Exception cause);
}
