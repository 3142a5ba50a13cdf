using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Strangler.Messaging;

namespace Strangler.AntiCorruption;

/// <summary>
/// One run of the stream, from the stored checkpoint until cancellation or the first failure. Four loops side by side: read; translate and
/// publish, not waiting for confirms; await the confirms in order and save; ask for the rows that exist, which come with what is read. The invariant of the whole library is kept here:
/// acknowledged position ≤ stored checkpoint ≤ end of the confirmed prefix, and none of them inside a transaction. Whatever ends the run, what was sent is awaited and saved first:
/// the next run may find that changes are lost, and must then know of every row that consumers have heard of (decision 41).
/// </summary>
internal sealed partial class StreamRun(
    IChangeFeed feed, IMessagePublisher publisher, BatchBuilder builder, CheckpointWriter checkpoints, LiveLoad load, PumpStatus status,
    AntiCorruptionOptions options, ILogger logger)
{
    // Parts of transactions that wait for translation; enough to keep both sides busy, small enough to bound memory.
    private const int PartsAhead = 32;

    /// <summary>How long a stop waits for what was sent, and for the store; a failure of the source waits as long as a confirm may take.</summary>
    private static readonly TimeSpan StopsWithin = TimeSpan.FromSeconds(3);

    private readonly Channel<SourceTransaction> read = Channel.CreateBounded<SourceTransaction>(
        new BoundedChannelOptions(PartsAhead) { SingleReader = true, SingleWriter = true });

    private readonly Channel<Batch> sent = Channel.CreateBounded<Batch>(
        new BoundedChannelOptions(256) { SingleReader = true, SingleWriter = true });

    /// <param name="backfill">The loop that asks for the rows that exist.</param>
    /// <param name="cancellation">Ends the run.</param>
    public async Task RunAsync(Func<CancellationToken, Task> backfill, CancellationToken cancellation)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var aborting = new CancellationTokenSource();
        using var stopping = cancellation.Register(() => aborting.CancelAfter(StopsWithin));
        Task[] loops =
        [
            EndingWith(ReadAsync(ending.Token), ending),
            EndingWith(PublishAsync(aborting, ending.Token), ending),
            EndingWith(ConfirmAsync(aborting.Token), ending, aborting),
            EndingWith(backfill(ending.Token), ending),
        ];
        await Task.WhenAll(loops).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // The failure that ended the others is the one to report, not the cancellations it caused.
        var failure = loops.FirstOrDefault(static loop => loop.IsFaulted) ?? loops.First(static loop => !loop.IsCompletedSuccessfully);
        await failure;
    }

    /// <summary>A loop that ends ends the others.</summary>
    private static async Task EndingWith(Task loop, params CancellationTokenSource[] others)
    {
        try
        {
            await loop;
        }
        finally
        {
            foreach (var other in others) await other.CancelAsync();
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

    private async Task PublishAsync(CancellationTokenSource aborting, CancellationToken ending)
    {
        try
        {
            while (await read.Reader.WaitToReadAsync(ending))
            {
                SourceRefusedException? refusal = null;
                while (refusal is null && builder.Messages < options.BatchMessages && read.Reader.TryRead(out var part))
                {
                    load.Taken(part);
                    status.Translates();
                    builder.Add(part);
                    refusal = Truncate(part);
                    status.Translated();
                }

                var batch = builder.Take();
                if (batch.Messages.Count > 0)
                {
                    await checkpoints.TellingAsync(batch.Progress, ending);
                    status.Sent(batch.Messages.Count);
                    batch.Confirmed = await PublishDeadline.InTimeAsync(publisher.PublishAsync(batch.Messages, aborting.Token), options.ConfirmTimeout, aborting.Token);
                }

                load.Sent();
                if (!batch.IsEmpty) await sent.Writer.WriteAsync(batch, aborting.Token);
                if (refusal is not null) throw refusal;
            }
        }
        catch (PublishFailedException)
        {
            // A dead publisher confirms nothing more.
            await aborting.CancelAsync();
            throw;
        }
        finally
        {
            sent.Writer.Complete();
        }
    }

    /// <returns>Why the stream stops here, after what came before; null when it goes on.</returns>
    private SourceRefusedException? Truncate(SourceTransaction part)
    {
        if (part.Truncated.Count == 0) return null;
        var tables = string.Join(", ", part.Truncated);
        if (options.OnTruncate == TruncatePolicy.Stop)
        {
            return new([$"Table {tables} was truncated, committed at {part.CommittedAt:u}: which rows are gone is not known. To go on, set AntiCorruption:OnTruncate=Backfill: the table is read again, and at the end rows that are gone are taken back."]);
        }

        LogTruncated(tables, part.CommittedAt);
        builder.Truncate(part.Truncated);
        return null;
    }

    private async Task ConfirmAsync(CancellationToken aborting)
    {
        try
        {
            while (await MoreAsync(aborting))
            {
                while (sent.Reader.TryRead(out var batch))
                {
                    await SavingMeanwhileAsync(PublishDeadline.InTimeAsync(batch.Confirmed, options.ConfirmTimeout, aborting), aborting);
                    checkpoints.Confirmed(batch.Progress);
                    if (batch.Messages.Count > 0) status.Confirmed();
                    LayerTraces.Confirmed(batch.Messages);
                }
            }
        }
        catch (Exception end) when (end is OperationCanceledException or PublishFailedException)
        {
            await SaveRestAsync();
            throw;
        }

        await SaveRestAsync();
    }

    private async Task<bool> MoreAsync(CancellationToken aborting)
    {
        var more = sent.Reader.WaitToReadAsync(aborting).AsTask();
        await SavingMeanwhileAsync(more, aborting);
        return await more;
    }

    /// <summary>What is confirmed need not be sent again.</summary>
    private async Task SaveRestAsync()
    {
        using var limit = new CancellationTokenSource(StopsWithin);
        await checkpoints.SaveAsync(limit.Token);
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

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "Table {Tables} was truncated, committed at {CommittedAt:u}; it is backfilled again, and rows that are gone are taken back at the end")]
    private partial void LogTruncated(string tables, DateTimeOffset committedAt);
}
