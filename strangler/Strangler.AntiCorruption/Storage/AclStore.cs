using System.Data.Common;
using System.Globalization;
using Dapper;
using Strangler.Messaging;

namespace Strangler.AntiCorruption;

/// <summary>The durable state of the pump: checkpoint, counts, backfill progress, quarantine. PostgreSQL or SQLite.</summary>
/// <param name="database">The store.</param>
/// <param name="lease">Under which everything is stored.</param>
/// <param name="clock">For the times of saving.</param>
internal sealed class AclStore(DbDataSource database, LayerLease lease, TimeProvider clock) : IDisposable
{
    private readonly SemaphoreSlim creating = new(1);
    private bool created;

    /// <summary>Makes the tables, or brings them up to date; the first call looks, later ones cost nothing.</summary>
    /// <exception cref="StoreTooNewException">A later version of the layer has written the store.</exception>
    public async Task CreateAsync(CancellationToken cancellation)
    {
        if (Volatile.Read(ref created)) return;
        await creating.WaitAsync(cancellation);
        try
        {
            if (created) return;
            await using var connection = await database.OpenConnectionAsync(cancellation);
            await AclSchema.UpgradeAsync(connection, cancellation);
            Volatile.Write(ref created, true);
        }
        finally
        {
            creating.Release();
        }
    }

    public async Task<SourceCheckpoint?> CheckpointAsync(CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var rows = await connection.QueryAsync<(string SourceId, long Position, long RaisedBy)>(
            Sql("select source_id, position, raised_by from acl_checkpoint where id = 1", null, cancellation));
        return rows.Select(static row => new SourceCheckpoint(row.SourceId, (ulong)row.Position) { RaisedBy = (ulong)row.RaisedBy }).FirstOrDefault();
    }

    /// <summary>Commit time of the last safe transaction; null before the first checkpoint.</summary>
    public async Task<DateTimeOffset?> SafeUntilAsync(CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var text = await connection.ExecuteScalarAsync<string?>(Sql("select committed_at from acl_checkpoint where id = 1", null, cancellation));
        return text is null ? null : Time(text);
    }

    /// <summary>When changes were lost last and everything was read again for it; null for never.</summary>
    public async Task<DateTimeOffset?> HealedAtAsync(CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await connection.ExecuteScalarAsync<string?>(Sql("select healed_at from acl_checkpoint where id = 1", null, cancellation)) is { } text ? Time(text) : null;
    }

    /// <summary>Begins a capture where <paramref name="beginning"/> says. Every table is to be backfilled again.</summary>
    /// <param name="beginning">Its identity, its first position, and what makes its versions newer than all before.</param>
    /// <param name="heals">True when changes were lost before it.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task BeginCaptureAsync(SourceCheckpoint beginning, bool heals, CancellationToken cancellation)
    {
        var now = Text(clock.GetUtcNow());
        var values = new { Id = beginning.SourceId, Position = (long)beginning.Position, RaisedBy = (long)beginning.RaisedBy, HealedAt = heals ? now : null, Now = now };
        return lease.StoreAsync(BeginCapture, values, cancellation);
    }

    /// <summary>Stores what is safe, in one transaction: all of it or nothing.</summary>
    /// <exception cref="LeaseLostException">Another layer is the active one.</exception>
    /// <exception cref="CheckpointConflictException">Another pump moved the checkpoint.</exception>
    public Task SaveAsync(SafeProgress progress, SourceCheckpoint previous, CancellationToken cancellation) => lease.StoreAsync(
        async (connection, transaction) =>
        {
            if (progress.Position is { } position)
            {
                var moved = await connection.ExecuteAsync(Sql(MoveCheckpoint, new
                {
                    previous.SourceId,
                    Previous = (long)previous.Position,
                    Position = (long)position,
                    CommittedAt = Text(progress.CommittedAt),
                    Now = Text(clock.GetUtcNow()),
                }, cancellation, transaction));
                if (moved == 0) throw new CheckpointConflictException(previous.Position);
            }

            await connection.ExecuteAsync(Sql(AddCounts, Rows(progress.Tally), cancellation, transaction));
            await QuarantineRows.SaveAsync(connection, transaction, progress, cancellation);
            await KnownRows.SaveAsync(connection, transaction, progress.Rows, cancellation);
            await AwaitedRows.SaveAsync(connection, transaction, progress, cancellation);
            await connection.ExecuteAsync(Sql(SaveShape, Rows(progress.Shapes.Values), cancellation, transaction));
            await BackfillStore.SaveAsync(connection, transaction, progress, Text(clock.GetUtcNow()), cancellation);
        },
        cancellation);

    /// <summary>
    /// Puts rows down before they are told: of one that a layer read from the table, told, and was killed before it was saved, nothing else would know when a truncate has taken it away.
    /// Rows that went stay: they are taken out when that is safe.
    /// </summary>
    public Task PutDownAsync(SafeProgress progress, CancellationToken cancellation) => lease.StoreAsync(
        (connection, transaction) => KnownRows.SaveAsync(connection, transaction, progress.Rows.Where(static row => row.Value is not null), cancellation), cancellation);

    /// <summary>The shapes of tables that messages so far were made of.</summary>
    public async Task<IReadOnlyList<TableShape>> ShapesAsync(CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var rows = await connection.QueryAsync<(string Table, string Columns, string Generation)>(Sql("select table_name, columns, generation from acl_shapes", null, cancellation));
        return [.. rows.Select(static row => TableShape.Parse(row.Table, row.Columns, row.Generation))];
    }

    /// <summary>Changes of these tables were lost: takes them as they are now, and they are to be backfilled again.</summary>
    public Task BeginTablesAsync(IReadOnlyList<TableShape> shapes, CancellationToken cancellation) => lease.StoreAsync(
        async (connection, transaction) =>
        {
            var now = Text(clock.GetUtcNow());
            await connection.ExecuteAsync(Sql(SaveShape, Rows(shapes), cancellation, transaction));
            await connection.ExecuteAsync(Sql(BeginTable, shapes.Select(shape => new { shape.Table, Rule = WaitingChanges.ShapeRule, Now = now }), cancellation, transaction));
            await connection.ExecuteAsync(Sql("update acl_checkpoint set healed_at = @now", new { now }, cancellation, transaction));
        },
        cancellation);

    public Task SaveShapesAsync(IReadOnlyList<TableShape> shapes, CancellationToken cancellation) => lease.StoreAsync(SaveShape, Rows(shapes), cancellation);

    public async Task<IReadOnlyDictionary<TallyKey, long>> CountsAsync(CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var rows = await connection.QueryAsync<(string Translator, string Outcome, string Reason, long Changes)>(
            Sql("select translator, outcome, reason, changes from acl_counts order by translator, outcome, reason", null, cancellation));
        return rows.ToDictionary(static row => new TallyKey(row.Translator, row.Outcome, row.Reason), static row => row.Changes);
    }

    public void Dispose() => creating.Dispose();

    /// <summary>
    /// Takes out of the quarantine what stands after the checkpoint: it was stored before its transaction ended, and is read again. So what waits is accounted for, always.
    /// </summary>
    /// <exception cref="LeaseLostException">Another layer is the active one.</exception>
    public Task ForgetAfterAsync(SourceCheckpoint checkpoint, CancellationToken cancellation)
    {
        var last = new MessageVersion(checkpoint.Position + checkpoint.RaisedBy, uint.MaxValue).ToString();
        return lease.StoreAsync("delete from acl_quarantine where version > @last", new { last }, cancellation);
    }

    internal static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    internal static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    internal static CommandDefinition Sql(string text, object? values, CancellationToken cancellation, DbTransaction? transaction = null) =>
        new(text, values, transaction, cancellationToken: cancellation);

    internal static IEnumerable<object> Rows(Tally tally) =>
        tally.Counts.Where(static count => count.Value != 0).Select(static count => new { count.Key.Translator, count.Key.Outcome, count.Key.Reason, Changes = count.Value });

    private static IEnumerable<object> Rows(IEnumerable<TableShape> shapes) => shapes.Select(static shape => new { shape.Table, Columns = shape.ToJson(), shape.Generation });

    private const string SaveShape =
        """
        insert into acl_shapes (table_name, columns, generation)
        values (@Table, @Columns, @Generation)
        on conflict (table_name) do update
        set columns = excluded.columns, generation = case when excluded.generation = '' then acl_shapes.generation else excluded.generation end
        """;

    private const string BeginTable =
        """
        update acl_backfills
        set generation = generation + 1, state = 'running', filter = '', measured = 0, last_key = null, up_to = null, rows_done = 0, rows_total = null,
            started_at = @Now, ended_at = null, problem = null
        where table_name = @Table;
        delete from acl_awaited where table_name = @Table;
        update acl_quarantine set state = 'superseded' where table_name = @Table and rule = @Rule and state = 'open';
        """;

    internal const string AddCounts =
        """
        insert into acl_counts (translator, outcome, reason, changes)
        values (@Translator, @Outcome, @Reason, @Changes)
        on conflict (translator, outcome, reason) do update set changes = acl_counts.changes + excluded.changes
        """;

    private const string BeginCapture =
        """
        insert into acl_checkpoint (id, source_id, position, raised_by, healed_at, committed_at, saved_at)
        values (1, @Id, @Position, @RaisedBy, @HealedAt, @Now, @Now)
        on conflict (id) do update
        set source_id = excluded.source_id, position = excluded.position, raised_by = excluded.raised_by, healed_at = excluded.healed_at,
            committed_at = excluded.committed_at, saved_at = excluded.saved_at;
        delete from acl_shapes;
        delete from acl_awaited;
        update acl_backfills
        set generation = generation + 1, state = 'running', filter = '', measured = 0, last_key = null, up_to = null, rows_done = 0, rows_total = null,
            started_at = @Now, ended_at = null, problem = null;
        """;

    private const string MoveCheckpoint =
        """
        update acl_checkpoint
        set position = @Position, committed_at = @CommittedAt, saved_at = @Now
        where id = 1 and source_id = @SourceId and position = @Previous
        """;
}
