using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Strangler.Messaging;

namespace Strangler.AntiCorruption;

/// <summary>
/// Publishes the rows that existed before capture began, table by table and chunk by chunk. A chunk counts as done when every message of it is
/// confirmed; then its last key is stored, and a restart goes on after it. The next chunk is read while the last one is being confirmed.
/// </summary>
internal sealed partial class BackfillRun(
    IChangeFeed feed, IMessagePublisher publisher, BatchBuilder builder, AclStore store, PumpStatus status, AntiCorruptionOptions options,
    TimeProvider clock, ILogger logger)
{
    public async Task RunAsync(IReadOnlyList<CapturedTable> tables, SourceCheckpoint checkpoint, CancellationToken cancellation)
    {
        var earlier = (await store.BackfillsAsync(cancellation)).ToDictionary(static progress => progress.Table);
        foreach (var table in tables)
        {
            var progress = earlier.GetValueOrDefault(table.Name) ?? new BackfillProgress { Table = table.Name };
            if (progress.CompletedAt is null) await RunAsync(table, progress, checkpoint, cancellation);
        }
    }

    private async Task RunAsync(CapturedTable table, BackfillProgress progress, SourceCheckpoint checkpoint, CancellationToken cancellation)
    {
        LogBegun(table.Name, progress.RowsDone);
        status.Enter(PumpPhase.Backfilling);
        status.Backfills(new(table.Name, 0, null));
        var (watch, rowsBefore) = (Stopwatch.StartNew(), progress.RowsDone);
        Batch? unconfirmed = null;
        await foreach (var chunk in feed.BackfillAsync(table, progress.LastKey, cancellation))
        {
            foreach (var row in chunk.Rows) builder.Add(row);
            var batch = builder.Take(withCounts: true);
            if (unconfirmed is not null) await ConfirmAsync(unconfirmed, checkpoint, cancellation);
            progress = batch.Progress.Backfill = progress with
            {
                LastKey = chunk.LastKey,
                RowsDone = progress.RowsDone + chunk.Rows.Count,
                RowsTotal = Math.Max(chunk.TotalRows, progress.RowsDone + chunk.Rows.Count),
            };
            await SendAsync(batch, cancellation);
            unconfirmed = batch;
            Report(progress, rowsBefore, watch.Elapsed);
        }

        if (unconfirmed is not null) await ConfirmAsync(unconfirmed, checkpoint, cancellation);
        var done = new SafeProgress { Backfill = progress with { RowsTotal = progress.RowsDone, CompletedAt = AclStore.Text(clock.GetUtcNow()) } };
        await store.SaveAsync(done, checkpoint, cancellation);
        LogDone(table.Name, progress.RowsDone, watch.Elapsed.TotalSeconds);
    }

    private async Task SendAsync(Batch batch, CancellationToken cancellation)
    {
        if (batch.Messages.Count == 0) return;
        var parts = new List<Task>();
        foreach (var part in batch.Messages.Chunk(options.BatchMessages))
        {
            status.Sent(part.Length);
            parts.Add(await PublishDeadline.InTimeAsync(publisher.PublishAsync(part, cancellation), options.ConfirmTimeout, cancellation));
        }

        batch.Confirmed = Task.WhenAll(parts);
        batch.Parts = parts.Count;
    }

    private async Task ConfirmAsync(Batch batch, SourceCheckpoint checkpoint, CancellationToken cancellation)
    {
        await PublishDeadline.InTimeAsync(batch.Confirmed, options.ConfirmTimeout, cancellation);
        for (var part = 0; part < batch.Parts; part++) status.Confirmed();
        await store.SaveAsync(batch.Progress, checkpoint, cancellation);
    }

    private void Report(BackfillProgress progress, long rowsBefore, TimeSpan elapsed)
    {
        var rate = (progress.RowsDone - rowsBefore) / Math.Max(elapsed.TotalSeconds, 0.001);
        var left = TimeSpan.FromSeconds((progress.RowsTotal - progress.RowsDone) / Math.Max(rate, 0.001));
        status.Backfills(new(progress.Table, rate, left));
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "Backfill of table {Table} goes on after {Rows} rows")]
    private partial void LogBegun(string table, long rows);

    [LoggerMessage(EventId = 2, Level = LogLevel.Information, Message = "Backfill of table {Table} is done: {Rows} rows, the last run in {Seconds:0.0} s")]
    private partial void LogDone(string table, long rows, double seconds);
}
