using Microsoft.Extensions.Logging;

namespace Strangler.AntiCorruption;

/// <summary>
/// Asks the feed for the rows that exist, table by table and chunk by chunk, beside the stream, in which they come out. The next chunk is asked
/// for when every message of the last one is confirmed and that is stored, so one chunk at most stands between two changes. A table that the source refuses to read
/// fails by itself: the stream and the other tables go on.
/// </summary>
internal sealed partial class BackfillRun(
    IChangeFeed feed, Backfills backfills, KnownRows known, AwaitedRows awaited, TranslatorSet translators, ShapeGate gate, LiveLoad load, PumpStatus status, AntiCorruptionOptions options,
    TimeProvider clock, ILogger logger)
{
    private const int Attempts = 5;

    public async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var another = awaited.AnotherAsync();
            using var untilChanged = CancellationTokenSource.CreateLinkedTokenSource(cancellation, backfills.Changed);
            try
            {
                if (backfills.NextOf(Flowing) is { } next) await RunAsync(next, untilChanged.Token, cancellation);
                else if (awaited.Next(Flowing, 1) is not null) await AskAsync(untilChanged.Token, cancellation);
                else await RestAsync(another, untilChanged.Token);
            }
            catch (OperationCanceledException) when (untilChanged.IsCancellationRequested && !cancellation.IsCancellationRequested)
            {
                // A person, or a truncate, changed something: look again whose turn it is.
            }
        }
    }

    /// <summary>The tables whose changes are translated. Rows of a held one wait where they are, in the source.</summary>
    private IEnumerable<CapturedTable> Flowing => translators.Tables.Where(table => gate.HeldBecause(table.Name) is null);

    private Task RestAsync(Task another, CancellationToken untilChanged)
    {
        if (status.Current.Phase != PumpPhase.Streaming) status.Enter(PumpPhase.Streaming);
        return another.WaitAsync(untilChanged);
    }

    /// <summary>Asks for rows of which a change could not be told, until it gets them: nobody downstream has them.</summary>
    private async Task AskAsync(CancellationToken untilChanged, CancellationToken cancellation)
    {
        if (awaited.Next(Flowing, options.BackfillChunkRows) is not var (table, keys)) return;
        for (var failures = 0; ; failures++)
        {
            try
            {
                await TakeAsync(new(table, backfills.Of(table.Name)?.Generation ?? 1, keys.Count) { Keys = keys }, untilChanged, cancellation);
                awaited.Problem = null;
                return;
            }
            catch (BackfillFailedException failure)
            {
                var pause = PauseAfter(failures + 1);
                if (failures > 0) awaited.Problem = failure.Message;
                LogNotAnswered(table.Name, keys.Count, failure.Message, pause.TotalSeconds);
                await Task.Delay(pause, clock, cancellation);
            }
        }
    }

    private async Task RunAsync(Backfill backfill, CancellationToken untilChanged, CancellationToken cancellation)
    {
        var table = translators.Tables.Single(one => one.Name == backfill.Table);
        status.Enter(PumpPhase.Backfilling);
        status.Backfills(new(table.Name, 0, null));
        LogBegun(table.Name, backfill.Generation, backfill.RowsDone);
        var (begun, rowsBefore, failures, swept) = (clock.GetTimestamp(), backfill.RowsDone, 0, (string?)null);
        var pace = new BackfillPace(options);
        while (backfills.Of(table.Name) is { State: Backfill.Running or Backfill.Sweeping } current && current.Generation == backfill.Generation && gate.HeldBecause(table.Name) is null)
        {
            if (!awaited.IsEmpty) await AskAsync(untilChanged, cancellation);
            try
            {
                if (current.State == Backfill.Sweeping)
                {
                    swept = await SweepAsync(table, current, swept, pace, untilChanged, cancellation);
                }
                else
                {
                    await ReadAsync(table, await MeasuredAsync(table, current, untilChanged), pace, untilChanged, cancellation);
                }

                failures = 0;
                Report(backfills.Of(table.Name)!, rowsBefore, clock.GetElapsedTime(begun));
                while (pace.Pause(load.HasChanged, load.IsWaiting) is { Ticks: > 0 } pause) await Task.Delay(pause, clock, untilChanged);
            }
            catch (BackfillFailedException failure)
            {
                failures++;
                await FailedAsync(current, failure, failures, untilChanged);
                pace.Refused();
            }
        }

        var seconds = clock.GetElapsedTime(begun).TotalSeconds;
        if (backfills.Of(table.Name) is { State: Backfill.Complete, RowsDone: var rows }) LogDone(table.Name, rows, seconds);
    }

    /// <summary>The next rows of the table.</summary>
    private Task ReadAsync(CapturedTable table, Backfill backfill, BackfillPace pace, CancellationToken untilChanged, CancellationToken cancellation) => ChunkAsync(
        new(table, backfill.Generation, pace.Rows) { After = backfill.LastKey, UpTo = backfill.UpTo, Filter = BackfillFilter.Parse(backfill.Filter) }, pace, untilChanged, cancellation);

    /// <summary>
    /// The next rows that were there once and that this backfill did not see. They are asked for by name, so that what the source says of them stands
    /// in the order of the stream like any row: one that came back meanwhile is not taken for gone.
    /// </summary>
    /// <returns>The last key looked at.</returns>
    private async Task<string?> SweepAsync(CapturedTable table, Backfill backfill, string? swept, BackfillPace pace, CancellationToken untilChanged, CancellationToken cancellation)
    {
        var keys = await known.UnseenAsync(table.Name, backfill.Generation, swept, pace.Rows, untilChanged);
        if (keys.Count > 0)
        {
            LogSweeps(table.Name, keys.Count);
            await ChunkAsync(new(table, backfill.Generation, keys.Count) { Keys = keys }, pace, untilChanged, cancellation);
            return keys[^1];
        }

        await backfills.FoundAsync(backfill with { State = Backfill.Complete, EndedAt = AclStore.Text(clock.GetUtcNow()) }, untilChanged);
        return null;
    }

    private async Task<Backfill> MeasuredAsync(CapturedTable table, Backfill backfill, CancellationToken cancellation)
    {
        if (backfill.Measured == 1) return backfill;
        var extent = await feed.MeasureAsync(table, BackfillFilter.Parse(backfill.Filter), cancellation);
        var measured = backfill with { Measured = 1, UpTo = extent.LastKey, RowsTotal = extent.Rows };
        await backfills.FoundAsync(measured, cancellation);
        return measured;
    }

    private async Task ChunkAsync(BackfillRequest request, BackfillPace pace, CancellationToken untilChanged, CancellationToken cancellation)
    {
        var chunk = await TakeAsync(request, untilChanged, cancellation);
        pace.Took(chunk.RowsRead, load.Held);
    }

    private async Task<BackfillChunk> TakeAsync(BackfillRequest request, CancellationToken untilChanged, CancellationToken cancellation)
    {
        var saved = backfills.NextSaved();
        load.Begin();
        var chunk = await feed.BackfillAsync(request, untilChanged);
        // What has come out is published whatever a person says meanwhile; asking for it again would only send it twice.
        await saved.WaitAsync(cancellation);
        return chunk;
    }

    private TimeSpan PauseAfter(int failures) => TimeSpan.FromMilliseconds(Math.Min(100 * Math.Pow(2, failures - 1), options.MaxRetryDelay.TotalMilliseconds));

    private async Task FailedAsync(Backfill backfill, BackfillFailedException failure, int failures, CancellationToken cancellation)
    {
        if (!failure.IsPassing && failures >= Attempts)
        {
            LogFailed(failure, backfill.Table);
            await backfills.FoundAsync(backfill with { State = Backfill.Failed, Problem = failure.Message, EndedAt = AclStore.Text(clock.GetUtcNow()) }, cancellation);
            return;
        }

        var pause = PauseAfter(failures);
        LogRetrying(backfill.Table, failure.Message, pause.TotalSeconds);
        if (failures > 1) await backfills.FoundAsync(backfill with { Problem = failure.Message }, cancellation);
        await Task.Delay(pause, clock, cancellation);
    }

    private void Report(Backfill backfill, long rowsBefore, TimeSpan elapsed)
    {
        var rate = (backfill.RowsDone - rowsBefore) / Math.Max(elapsed.TotalSeconds, 0.001);
        TimeSpan? left = backfill.RowsTotal is { } total && rate > 0 ? TimeSpan.FromSeconds(Math.Max(0, total - backfill.RowsDone) / rate) : null;
        status.Backfills(new(backfill.Table, rate, left));
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "Backfill {Generation} of table {Table} goes on after {Rows} rows")]
    private partial void LogBegun(string table, int generation, long rows);

    [LoggerMessage(EventId = 2, Level = LogLevel.Information, Message = "Backfill of table {Table} is done: {Rows} rows, the last run in {Seconds:0.0} s")]
    private partial void LogDone(string table, long rows, double seconds);

    [LoggerMessage(EventId = 3, Level = LogLevel.Error, Message = "Backfill of table {Table} has failed and waits for a person; the stream and other tables go on")]
    private partial void LogFailed(Exception cause, string table);

    [LoggerMessage(EventId = 5, Level = LogLevel.Information, Message = "Backfill of table {Table} looks at {Rows} rows that were there once and that it did not see")]
    private partial void LogSweeps(string table, int rows);

    [LoggerMessage(EventId = 6, Level = LogLevel.Warning, Message = "{Rows} rows of table {Table}, asked for by name, could not be read; again in {Seconds:0.0} s: {Reason}")]
    private partial void LogNotAnswered(string table, int rows, string reason, double seconds);

    [LoggerMessage(EventId = 4, Level = LogLevel.Warning, Message = "A chunk of table {Table} could not be read, smaller in {Seconds:0.0} s: {Reason}")]
    private partial void LogRetrying(string table, string reason, double seconds);
}
