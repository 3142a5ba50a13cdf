using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Strangler.AntiCorruption;

/// <summary>
/// Change feed of an SQLite database: triggers write every change of a captured table into a log table, in the legacy's own transaction, and
/// the feed reads the log. SQLite has one writer at a time, so the log's AUTOINCREMENT id is commit order; it is the position, and (id, 0) is
/// the version of a change. A backfill reads each chunk together with the newest id in one read transaction: versions (id, 1), (id, 2) … are
/// newer than every change that the chunk contains and older than every change after it.
/// </summary>
/// <remarks>
/// The source is put into WAL mode, so that readers and the legacy never wait for each other. Rows removed by <c>REPLACE</c> are seen although
/// SQLite fires no delete trigger for them; only those in the way of a unique index on an expression are not, and a warning says so. While the
/// triggers are there, SQLite refuses <c>alter table … drop column</c>: call <see cref="RemoveAsync"/> first.
/// </remarks>
public sealed partial class TriggerLogFeed : IChangeFeed
{
    private const int TrimRows = 5_000;

    private readonly string connectionString;
    private readonly TriggerLogOptions options;
    private readonly TimeProvider clock;
    private readonly ILogger<TriggerLogFeed> logger;
    private readonly RowImageReader oldImages = new();
    private readonly RowImageReader newImages = new();
    private readonly RowImageReader backfillImages = new();
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
        Execute(connection, "pragma journal_mode = wal");
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
    public async IAsyncEnumerable<BackfillChunk> BackfillAsync(
        CapturedTable table, string? afterKey, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var connection = await OpenAsync(cancellation);
        var columns = TriggerLogTable.Read(connection, table)?.Columns ?? throw new SourceRefusedException([$"There is no table '{table.Name}'."]);
        var key = TriggerLogSql.Quote(table.KeyColumn);
        var (name, image) = (TriggerLogSql.Quote(table.Name), TriggerLogSql.Image("x", columns));
        object? after = null;
        if (afterKey is not null)
        {
            // The key comes back as text: read it once more as the value that the source holds, so that it compares as one.
            after = Scalar(connection, $"select x.{key} from {name} as x where cast(x.{key} as text) = $key", afterKey) ?? afterKey;
        }

        var total = (long)Scalar(connection, $"select count(*) from {name}")!;
        var ordinal = 0u;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            using var transaction = connection.BeginTransaction(deferred: true);
            var position = NewestId(connection);
            using var command = connection.CreateCommand();
            command.CommandText = $"select x.{key}, {image} from {name} as x {(after is null ? "" : $"where x.{key} > $after")} order by x.{key} limit {options.ChunkRows}";
            if (after is not null) command.Parameters.AddWithValue("$after", after);
            var readAt = clock.GetUtcNow();
            var rows = new List<RowChange>();
            using (var reader = command.ExecuteReader())
            {
                while (reader.Read())
                {
                    after = reader.GetValue(0);
                    var row = backfillImages.Read(table.Name, reader.GetFieldValue<byte[]>(1));
                    rows.Add(new(table.Name, ChangeKind.Insert, null, row, new((ulong)position, ++ordinal), readAt));
                }
            }

            transaction.Commit();
            Answered();
            if (rows.Count == 0) yield break;
            yield return new(rows, rows[^1].After!.Text(table.KeyColumn) ?? throw new InvalidDataException($"A key of '{table.Name}' is null."), total);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<SourceTransaction> ReadAsync(ulong after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        // SQLite answers on the caller's thread: whoever starts the reading is not to do it.
        await Task.Yield();
        await using var connection = await OpenAsync(cancellation);
        var (seenData, seenShape, trimAt) = (-1L, (long)Scalar(connection, "pragma schema_version")!, clock.GetUtcNow());
        var next = (long)after;
        while (!cancellation.IsCancellationRequested)
        {
            // Read before the rows: a commit between the two is seen again at the next look, never missed.
            var data = (long)Scalar(connection, "pragma data_version")!;
            Answered();
            if (data == seenData)
            {
                if (clock.GetUtcNow() >= trimAt)
                {
                    Trim(connection);
                    trimAt = clock.GetUtcNow() + options.TrimInterval;
                }

                await Task.Delay(options.PollInterval, clock, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                continue;
            }

            seenData = data;
            var shape = (long)Scalar(connection, "pragma schema_version")!;
            if (shape != seenShape) new TriggerLogInstaller(connection, options.LogName, logger).Repair(captured);
            seenShape = (long)Scalar(connection, "pragma schema_version")!;

            var newest = NewestId(connection);
            while (next < newest && !cancellation.IsCancellationRequested)
            {
                var part = ReadPart(connection, ref next, newest);
                if (part.Changes.Count > 0 || part.EndsTransaction) yield return part;
            }
        }
    }

    /// <inheritdoc/>
    public void Acknowledge(ulong position) => Interlocked.Exchange(ref acknowledged, position);

    /// <inheritdoc/>
    public async Task<SourceHead> HeadAsync(CancellationToken cancellation)
    {
        await using var connection = await OpenAsync(cancellation);
        return new((ulong)NewestId(connection), "rows", (long)Scalar(connection, $"select count(*) from {options.LogName}")!);
    }

    /// <inheritdoc/>
    public async Task RemoveAsync(CancellationToken cancellation)
    {
        await using var connection = await OpenAsync(cancellation);
        new TriggerLogInstaller(connection, options.LogName, logger).Remove();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private SourceTransaction ReadPart(SqliteConnection connection, ref long next, long newest)
    {
        var changes = new List<RowChange>();
        using var command = connection.CreateCommand();
        command.CommandText = $"select id, tbl, op, at, old, new from {options.LogName} where id > $next and id <= $newest order by id limit {options.ChunkRows}";
        command.Parameters.AddWithValue("$next", next);
        command.Parameters.AddWithValue("$newest", newest);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            next = reader.GetInt64(0);
            var table = reader.GetString(1);
            changes.Add(new(
                table,
                reader.GetString(2) switch { "I" => ChangeKind.Insert, "U" => ChangeKind.Update, _ => ChangeKind.Delete },
                reader.IsDBNull(4) ? null : oldImages.Read(table, reader.GetFieldValue<byte[]>(4)),
                reader.IsDBNull(5) ? null : newImages.Read(table, reader.GetFieldValue<byte[]>(5)),
                new((ulong)next, 0),
                DateTimeOffset.Parse(reader.GetString(3), CultureInfo.InvariantCulture)));
        }

        if (changes.Count < options.ChunkRows) next = newest;
        var at = changes.Count > 0 ? changes[^1].CommittedAt : clock.GetUtcNow();
        return new((ulong)next, at, changes) { EndsTransaction = next == newest };
    }

    private void Trim(SqliteConnection connection)
    {
        var position = (long)Interlocked.Read(ref acknowledged);
        if ((long)Scalar(connection, $"select exists (select 1 from {options.LogName} where id <= {position})")! == 0) return;

        // Waits a second for a busy legacy, not the usual thirty: the next time will do.
        connection.DefaultTimeout = 1;
        try
        {
            using var transaction = connection.BeginTransaction(deferred: false);
            Execute(connection, $"delete from {options.LogName} where id <= (select min({position}, min(id) + {TrimRows}) from {options.LogName})");
            Execute(connection, $"update {options.LogName}_source set trimmed = {position} where trimmed < {position}");
            transaction.Commit();
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode is SQLitePCL.raw.SQLITE_BUSY)
        {
            LogTrimPostponed(position);
        }
        finally
        {
            connection.DefaultTimeout = 30;
        }
    }

    private async Task<SqliteConnection> OpenAsync(CancellationToken cancellation)
    {
        var connection = new SqliteConnection(connectionString);
        await connection.OpenAsync(cancellation);
        return connection;
    }

    // The sequence outlives the rows: trimming never takes a number back.
    private long NewestId(SqliteConnection connection) =>
        (long?)Scalar(connection, $"select seq from sqlite_sequence where name = '{options.LogName}'") ?? 0;

    private static object? Scalar(SqliteConnection connection, string text, string? key = null)
    {
        using var command = connection.CreateCommand();
        command.CommandText = text;
        if (key is not null) command.Parameters.AddWithValue("$key", key);
        return command.ExecuteScalar();
    }

    private static void Execute(SqliteConnection connection, string text)
    {
        using var command = connection.CreateCommand();
        command.CommandText = text;
        command.ExecuteNonQuery();
    }

    private void Answered() => Interlocked.Exchange(ref lastContactTicks, clock.GetUtcNow().UtcTicks);

    [LoggerMessage(EventId = 1, Level = LogLevel.Debug, Message = "The source is busy; its log is trimmed up to {Position} later")]
    private partial void LogTrimPostponed(long position);
}
