using System.Threading.Channels;
using Strangler.Messaging;

namespace Strangler.AntiCorruption;

/// <summary>
/// One run of the stream, from the stored checkpoint until cancellation or the first failure. Four loops side by side: read; translate and
/// publish, not waiting for confirms; await the confirms in order and save; ask for the rows that exist, which come with what is read. The invariant of the whole library is kept here:
/// acknowledged position ≤ stored checkpoint ≤ end of the confirmed prefix, and none of them inside a transaction.
/// </summary>
internal sealed class StreamRun(
    IChangeFeed feed, IMessagePublisher publisher, BatchBuilder builder, CheckpointWriter checkpoints, LiveLoad load, PumpStatus status,
    AntiCorruptionOptions options)
{
    // Parts of transactions that wait for translation; enough to keep both sides busy, small enough to bound memory.
    private const int PartsAhead = 32;

    private readonly Channel<SourceTransaction> read = Channel.CreateBounded<SourceTransaction>(
        new BoundedChannelOptions(PartsAhead) { SingleReader = true, SingleWriter = true });

    private readonly Channel<Batch> sent = Channel.CreateBounded<Batch>(
        new BoundedChannelOptions(256) { SingleReader = true, SingleWriter = true });

    /// <param name="backfill">The loop that asks for the rows that exist.</param>
    /// <param name="cancellation">Ends the run.</param>
    public async Task RunAsync(Func<CancellationToken, Task> backfill, CancellationToken cancellation)
    {
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task[] loops =
        [
            EndOthersOnFailure(ReadAsync(failed.Token), failed),
            EndOthersOnFailure(PublishAsync(failed.Token), failed),
            EndOthersOnFailure(ConfirmAsync(failed.Token), failed),
            EndOthersOnFailure(backfill(failed.Token), failed),
        ];
        await Task.WhenAll(loops).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // The failure that ended the others is the one to report, not the cancellations it caused.
        var failure = loops.FirstOrDefault(static loop => loop.IsFaulted) ?? loops.First(static loop => !loop.IsCompletedSuccessfully);
        await failure;
    }

    private static async Task EndOthersOnFailure(Task loop, CancellationTokenSource failed)
    {
        try
        {
            await loop;
        }
        finally
        {
            await failed.CancelAsync();
        }
    }

    private async Task ReadAsync(CancellationToken cancellation)
    {
        await foreach (var part in feed.ReadAsync(checkpoints.Stored.Position, cancellation))
        {
            load.Arrived(part);
            await read.Writer.WriteAsync(part, cancellation);
        }

        cancellation.ThrowIfCancellationRequested();
        throw new InvalidOperationException("The change feed ended by itself; a feed waits for new changes.");
    }

    private async Task PublishAsync(CancellationToken cancellation)
    {
        while (await read.Reader.WaitToReadAsync(cancellation))
        {
            while (builder.Messages < options.BatchMessages && read.Reader.TryRead(out var part))
            {
                load.Taken(part);
                status.Translates();
                builder.Add(part);
                status.Translated();
            }

            var batch = builder.Take();
            if (batch.Messages.Count > 0)
            {
                status.Sent(batch.Messages.Count);
                batch.Confirmed = await PublishDeadline.InTimeAsync(publisher.PublishAsync(batch.Messages, cancellation), options.ConfirmTimeout, cancellation);
            }

            load.Sent();
            if (!batch.IsEmpty) await sent.Writer.WriteAsync(batch, cancellation);
        }
    }

    private async Task ConfirmAsync(CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                await SavingMeanwhileAsync(sent.Reader.WaitToReadAsync(cancellation).AsTask(), cancellation);
                while (sent.Reader.TryRead(out var batch))
                {
                    await SavingMeanwhileAsync(PublishDeadline.InTimeAsync(batch.Confirmed, options.ConfirmTimeout, cancellation), cancellation);
                    checkpoints.Confirmed(batch.Progress);
                    if (batch.Messages.Count > 0) status.Confirmed();
                    LayerTraces.Confirmed(batch.Messages);
                }
            }
        }
        catch (Exception end) when (end is OperationCanceledException or PublishFailedException && checkpoints.HasUnsaved)
        {
            // What is confirmed need not be sent again after the stop or the failure.
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            await checkpoints.SaveAsync(limit.Token);
            throw;
        }
    }

    private async Task SavingMeanwhileAsync(Task awaited, CancellationToken cancellation)
    {
        while (checkpoints.HasUnsaved)
        {
            if (checkpoints.UntilDue is { Ticks: > 0 } wait)
            {
                if (awaited.IsCompleted) break;
                await awaited.WaitAsync(wait, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            else
            {
                await checkpoints.SaveAsync(cancellation);
            }
        }

        await awaited;
    }
}
