using System.Runtime.CompilerServices;
using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Strangler.AntiCorruption;

/// <summary>
/// Change feed of an SQLite database: triggers write every change of a captured table into a log table, in the legacy's own transaction, and
/// the feed reads the log. SQLite has one writer at a time, so the log's AUTOINCREMENT id is commit order; it is the position, and (id, 0) is
/// the version of a change. A chunk of a backfill is read together with the newest id in one read transaction: versions (id, 1), (id, 2) … are
/// newer than every change that the chunk contains and older than every change after it, and that is where it comes out.
/// </summary>
/// <remarks>
/// The source is put into WAL mode, so that readers and the legacy never wait for each other. Rows removed by <c>REPLACE</c> are seen although
/// SQLite fires no delete trigger for them; only those in the way of a unique index on an expression are not, and a warning says so. While the
/// triggers are there, SQLite refuses <c>alter table … drop column</c>: call <see cref="RemoveAsync"/> first.
/// </remarks>
public sealed partial class TriggerLogFeed : IChangeFeed
{
    private readonly string connectionString;
    private readonly TriggerLogOptions options;
    private readonly TimeProvider clock;
    private readonly ILogger<TriggerLogFeed> logger;
    private readonly ChunkRequests requests = new();
    private IReadOnlyList<CapturedTable> captured = [];
    private ulong acknowledged;
    private long lastContactTicks;

    /// <param name="connectionString"><c>Data Source=FILE</c>; the file must exist.</param>
    /// <param name="options">How to capture.</param>
    /// <param name="clock">For the intervals.</param>
    /// <param name="logger">Says what was installed and what drifted.</param>
    public TriggerLogFeed(string connectionString, TriggerLogOptions options, TimeProvider clock, ILogger<TriggerLogFeed> logger)
    {
        SQLitePCL.Batteries_V2.Init();
        // Own connections, not pooled: a pooled one would keep the file and its locks after this feed is gone.
        this.connectionString = new SqliteConnectionStringBuilder(connectionString) { Pooling = false, Mode = SqliteOpenMode.ReadWrite }.ToString();
        this.options = options;
        this.clock = clock;
        this.logger = logger;
    }

    /// <inheritdoc/>
    public DateTimeOffset? LastContact => Interlocked.Read(ref lastContactTicks) is > 0 and var ticks ? new(ticks, TimeSpan.Zero) : null;

    /// <inheritdoc/>
    public async Task<SourceIdentity> PrepareAsync(
        IReadOnlyList<CapturedTable> tables, SourceCheckpoint? stored, GapPolicy onGap, CancellationToken cancellation)
    {
        await using var connection = await OpenAsync(cancellation);
        connection.Execute("pragma journal_mode = wal");
        // An open database is an answer, whatever comes of the rest.
        Answered();
        var identity = new TriggerLogInstaller(connection, options.LogName, logger).Install(tables, stored, onGap);
        captured = tables;
        return identity;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SourceFinding>> ExamineAsync(IReadOnlyList<CapturedTable> tables, SourceCheckpoint? stored, CancellationToken cancellation)
    {
        await using var connection = await OpenAsync(cancellation);
        return new TriggerLogInstaller(connection, options.LogName, logger).Examine(tables, stored);
    }

    /// <inheritdoc/>
    public async Task<BackfillExtent> MeasureAsync(CapturedTable table, BackfillFilter filter, CancellationToken cancellation)
    {
        await using var connection = await OpenAsync(cancellation);
        try
        {
            return new TriggerLogRows(connection, table).Measure(filter);
        }
        catch (SqliteException failure)
        {
            throw Failed(table, failure);
        }
    }

    /// <inheritdoc/>
    public Task<BackfillChunk> BackfillAsync(BackfillRequest request, CancellationToken cancellation) => requests.AskAsync(request, cancellation);

    /// <inheritdoc/>
    public async IAsyncEnumerable<SourceTransaction> ReadAsync(ulong after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        // SQLite answers on the caller's thread: whoever starts the reading is not to do it.
        await Task.Yield();
        // The log is trimmed up to nothing else: what was acknowledged before is what the checkpoint says.
        Acknowledge(after);
        await using var connection = await OpenAsync(cancellation);
        var log = new TriggerLog(connection, options, clock);
        var (seenData, seenShape, trimAt) = (-1L, log.SchemaVersion, clock.GetUtcNow());
        var (next, postponed) = ((long)after, false);
        using var ended = requests.Serve();
        while (!cancellation.IsCancellationRequested)
        {
            // Read before the rows: a commit between the two is seen again at the next look, never missed.
            var data = log.DataVersion;
            Answered();
            if (data == seenData && (postponed || requests.Waiting is null))
            {
                if (clock.GetUtcNow() >= trimAt)
                {
                    var position = (long)Interlocked.Read(ref acknowledged);
                    if (!log.TryTrim(position)) LogTrimPostponed(position);
                    trimAt = clock.GetUtcNow() + options.TrimInterval;
                }

                var wake = postponed ? Task.Delay(Timeout.InfiniteTimeSpan, cancellation) : requests.AnyAsync();
                postponed = false;
                await wake.WaitAsync(options.PollInterval, clock, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                continue;
            }

            seenData = data;
            if (log.SchemaVersion != seenShape) new TriggerLogInstaller(connection, options.LogName, logger).Repair(captured);
            seenShape = log.SchemaVersion;

            var chunk = requests.Waiting is { } waiting ? ReadChunk(connection, log, waiting, next) : null;
            var newest = chunk is null ? log.NewestId : (long)chunk.Place;
            while (next < newest && !cancellation.IsCancellationRequested)
            {
                // A chunk is the end of the transaction that it stands behind.
                var part = log.ReadPart(ref next, newest) is var read && chunk is null ? read : read with { EndsTransaction = false };
                if (part.Changes.Count > 0 || part.EndsTransaction) yield return part;
            }

            if (chunk is not null && !cancellation.IsCancellationRequested) yield return chunk.Arrive();
            postponed = chunk is null;
        }
    }

    /// <inheritdoc/>
    public void Acknowledge(ulong position) => Interlocked.Exchange(ref acknowledged, position);

    /// <inheritdoc/>
    public async Task<SourceHead> HeadAsync(CancellationToken cancellation)
    {
        await using var connection = await OpenAsync(cancellation);
        var log = new TriggerLog(connection, options, clock);
        return new((ulong)log.NewestId, "rows", log.Rows);
    }

    /// <inheritdoc/>
    public async Task RemoveAsync(CancellationToken cancellation)
    {
        await using var connection = await OpenAsync(cancellation);
        new TriggerLogInstaller(connection, options.LogName, logger).Remove();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>
    /// Reads the rows that somebody waits for, as of a place in the log that is theirs alone. While legacy writes there is always a new one; in a
    /// quiet log a marker makes one, which then disturbs nobody. Null when they cannot be read, of which who waits has been told, or when legacy is just
    /// writing, so that a place will come.
    /// </summary>
    private TriggerLogChunk? ReadChunk(SqliteConnection connection, TriggerLog log, ChunkRequests.Waiter waiter, long passed)
    {
        try
        {
            if (log.NewestId == passed && !log.TryMark()) return null;
            using var transaction = connection.BeginTransaction(deferred: true);
            var place = (ulong)log.NewestId;
            var rows = new TriggerLogRows(connection, waiter.Request.Table).Read(waiter.Request);
            transaction.Commit();
            return new(waiter, place, clock.GetUtcNow(), new(waiter.Request, rows));
        }
        catch (SqliteException failure)
        {
            waiter.Fail(Failed(waiter.Request.Table, failure));
            return null;
        }
    }

    // SQLite's own texts quote no row.
    private static BackfillFailedException Failed(CapturedTable table, SqliteException failure) =>
        new(table.Name, failure.Message, failure.SqliteErrorCode is SQLitePCL.raw.SQLITE_BUSY, failure);

    private async Task<SqliteConnection> OpenAsync(CancellationToken cancellation)
    {
        var connection = new SqliteConnection(connectionString);
        await connection.OpenAsync(cancellation);
        return connection;
    }

    private void Answered() => Interlocked.Exchange(ref lastContactTicks, clock.GetUtcNow().UtcTicks);

    [LoggerMessage(EventId = 1, Level = LogLevel.Debug, Message = "The source is busy; its log is trimmed up to {Position} later")]
    private partial void LogTrimPostponed(long position);
}
