using Dapper;
using Npgsql;
using Npgsql.Replication;

namespace Strangler.AntiCorruption;

/// <summary>
/// Publication and slot. The publication comes first: a slot decodes with the catalogue of its own past, so a publication made after it does
/// not exist for it (npgsql/npgsql#6176).
/// </summary>
internal sealed class PostgresCapture(PostgresSource source, PostgresFeedOptions options) : IAsyncDisposable
{
    private const int TriesToDrop = 100;
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(50);

    /// <summary>How long the driver may take to end a reading; it gives the server 2 s to answer.</summary>
    private static readonly TimeSpan ClosesWithin = TimeSpan.FromSeconds(5);

    private readonly FailedReadings failures = new(options);

    // A temporary slot lives as long as the connection that made it.
    private LogicalReplicationConnection? holder;

    public async Task<SourceIdentity> PrepareAsync(
        IReadOnlyList<CapturedTable> tables, SourceCheckpoint? stored, GapPolicy onGap, CancellationToken cancellation)
    {
        await using var connection = await source.OpenAsync(cancellation);
        var findings = await new PostgresDoctor(connection, options).BeforeStartAsync(tables, cancellation);
        var problems = findings.Where(static finding => finding.Severity == FindingSeverity.Error).Select(static finding => finding.ToString()).ToList();
        if (problems.Count > 0) throw new SourceRefusedException(problems);

        await CureAsync(connection, findings, cancellation);
        await ReleaseAsync();
        holder = await source.OpenReplicationAsync(cancellation);
        try
        {
            var publication = await PostgresPublication.ReadAsync(connection, options.Publication, cancellation)
                ?? throw new SourceRefusedException([$"Publication '{options.Publication}' was dropped just now."]);
            Published = publication.Signature;
            var shapes = new List<TableShape>();
            foreach (var table in tables) shapes.Add(await ShapeAsync(connection, table, publication, cancellation));
            var identity = await SlotOfAsync(holder, connection, stored, onGap, cancellation);
            return identity with { Shapes = shapes };
        }
        finally
        {
            if (!options.Temporary) await ReleaseAsync();
        }
    }

    /// <summary>Looks at everything and changes nothing.</summary>
    public async Task<IReadOnlyList<SourceFinding>> ExamineAsync(IReadOnlyList<CapturedTable> tables, SourceCheckpoint? stored, CancellationToken cancellation)
    {
        await using var connection = await source.OpenAsync(cancellation);
        var findings = await new PostgresDoctor(connection, options).ExamineAsync(tables, cancellation);
        if (stored is null || findings.Any(static finding => finding.Code == "no-replication")) return findings;

        await using var replication = await source.OpenReplicationAsync(cancellation);
        var here = Place(await replication.IdentifySystem(cancellation));
        var gap = await GapAsync(connection, stored, here, cancellation);
        return gap is null ? findings : [.. findings, new(FindingSeverity.Error, "gap", "checkpoint", gap[0]) { Advice = gap[1] }];
    }

    /// <summary>What the publication was when capture was prepared; see <see cref="PostgresPublication.Signature"/>.</summary>
    public string Published { get; private set; } = "";

    /// <summary>The connection to read by: the one that holds the temporary slot, otherwise a new one. It is the caller's now.</summary>
    public async Task<LogicalReplicationConnection> OpenReaderAsync(CancellationToken cancellation)
    {
        if (Interlocked.Exchange(ref holder, null) is { } held) return held;
        return await source.OpenReplicationAsync(cancellation);
    }

    /// <summary>Takes note that the server ended a reading by a failure of its own.</summary>
    /// <param name="after">The position that was read from.</param>
    /// <param name="failure">What it said; any other failure may be of the moment.</param>
    /// <exception cref="SourceGapException">It does so every time.</exception>
    public void ReadingFailed(ulong after, PostgresException failure)
    {
        if (!FailedReadings.IsOne(failure)) return;
        failures.Add(after, failure);
        if (failures.At(after) is { } gap) throw new SourceGapException(gap);
    }

    /// <summary>
    /// Closes the connection to read by. The driver reads on until the server has answered a cancellation, and for ever when that went astray:
    /// then the server is asked to end it. When nobody answers, the driver ends a silent connection by itself (decision 67).
    /// </summary>
    /// <param name="reader">The connection; the caller reads no more.</param>
    /// <param name="process">Number of its process at the server: somebody else may read by the slot by now.</param>
    public async Task CloseReaderAsync(LogicalReplicationConnection reader, int process)
    {
        var closing = reader.DisposeAsync().AsTask();
        while (await Task.WhenAny(closing, Task.Delay(ClosesWithin)) != closing)
        {
            try
            {
                await using var connection = await source.OpenAsync(CancellationToken.None);
                await connection.ExecuteAsync(EndReader, new { slot = options.Slot, process = (int?)process });
            }
            catch (NpgsqlException)
            {
                // The source does not answer, or has ended this connection too: asked again.
            }
        }

        await closing;
    }

    /// <summary>Ends whoever reads by the slot; returns when nobody does. A role may end what it began itself.</summary>
    public async Task EndReaderAsync(CancellationToken cancellation)
    {
        await using var connection = await source.OpenAsync(cancellation);
        for (var tries = 1; tries < TriesToDrop; tries++)
        {
            if (!await connection.ExecuteScalarAsync<bool>(new CommandDefinition(EndReader, new { slot = options.Slot, process = (int?)null }, cancellationToken: cancellation))) return;
            await Task.Delay(BetweenTries, cancellation);
        }
    }

    public async Task RemoveAsync(CancellationToken cancellation)
    {
        await ReleaseAsync();
        await using var connection = await source.OpenAsync(cancellation);
        await DropSlotAsync(connection, cancellation);
        await ExecuteAsync(connection, $"drop publication if exists {PostgresSource.Quote(options.Publication)}", cancellation);
    }

    public ValueTask DisposeAsync() => ReleaseAsync();

    private async Task<SourceIdentity> SlotOfAsync(
        LogicalReplicationConnection replication, NpgsqlConnection connection, SourceCheckpoint? stored, GapPolicy onGap, CancellationToken cancellation)
    {
        var here = Place(await replication.IdentifySystem(cancellation));
        var gap = stored is null ? null : await GapAsync(connection, stored, here, cancellation);
        if (stored is not null && gap is null) return new(stored.SourceId, stored.Position);
        failures.TryAgain();
        if (gap is not null && onGap == GapPolicy.Stop) throw new SourceGapException(gap);

        // Without a checkpoint, or after a gap, what an old slot would still stream is contained in the backfill that follows.
        await DropSlotAsync(connection, cancellation);
        var created = await replication.CreatePgOutputReplicationSlot(options.Slot, options.Temporary, slotSnapshotInitMode: LogicalSlotSnapshotInitMode.NoExport, cancellationToken: cancellation);
        return new($"{here.Prefix}{created.ConsistentPoint}", (ulong)created.ConsistentPoint) { Gap = gap is null ? [] : [gap[0]] };
    }

    private static async Task<TableShape> ShapeAsync(NpgsqlConnection connection, CapturedTable captured, PostgresPublication publication, CancellationToken cancellation)
    {
        var table = await PostgresTable.ReadAsync(connection, captured, cancellation);
        var member = publication.Members.FirstOrDefault(member => member.Table == table?.Oid);
        if (table is null || member is null) throw new SourceRefusedException([$"Table '{captured.Name}' was dropped, or taken out of the publication, just now."]);
        return table.Shape with { Generation = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{member.Table}.{member.Entry}") };
    }

    private async Task<IReadOnlyList<string>?> GapAsync(NpgsqlConnection connection, SourceCheckpoint stored, PostgresPlace here, CancellationToken cancellation)
    {
        var gap = PostgresGap.Of(stored, here, options.Slot, await PostgresSlot.ReadAsync(connection, options.Slot, cancellation));
        return gap ?? (await YoungPublication.IsAsync(connection, options, cancellation) ? PostgresGap.Young(options) : failures.At(stored.Position));
    }

    private PostgresPlace Place(ReplicationSystemIdentification system) => new(system.SystemId, system.Timeline, system.DbName!, options.Slot, (ulong)system.XLogPos);

    /// <summary>
    /// Does what the doctor left to the start. A statement that would wait for somebody's open transaction gives up instead: everything else of the
    /// legacy would wait behind it.
    /// </summary>
    private static async Task CureAsync(NpgsqlConnection connection, IReadOnlyList<SourceFinding> findings, CancellationToken cancellation)
    {
        var statements = findings.Where(static finding => finding.CuredAtStart).SelectMany(static finding => finding.Cure).ToList();
        if (statements.Count == 0) return;
        await ExecuteAsync(connection, "set lock_timeout = '2s'", cancellation);
        foreach (var statement in statements)
        {
            try
            {
                await ExecuteAsync(connection, statement, cancellation);
            }
            catch (PostgresException busy) when (busy.SqlState == PostgresErrorCodes.LockNotAvailable)
            {
                throw new SourceRefusedException([$"A table is in use for longer than capture lets the legacy wait: {statement} Trying again; or execute it when the legacy is quiet."]);
            }
        }
    }

    /// <summary>Drops the slot if there is one. A reader that just left still counts as one until the server has noticed; any other is left in peace.</summary>
    private async Task DropSlotAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                await connection.ExecuteAsync(new CommandDefinition(DropSlotSql, new { slot = options.Slot }, cancellationToken: cancellation));
                return;
            }
            catch (PostgresException inUse) when (inUse.SqlState == PostgresErrorCodes.ObjectInUse && tries < TriesToDrop)
            {
                await Task.Delay(BetweenTries, cancellation);
            }
            catch (PostgresException gone) when (gone.SqlState == PostgresErrorCodes.UndefinedObject)
            {
                // A temporary one, gone with its connection since it was looked up.
                return;
            }
        }
    }

    private async ValueTask ReleaseAsync()
    {
        if (Interlocked.Exchange(ref holder, null) is { } held) await held.DisposeAsync();
    }

    private static Task<int> ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation) =>
        connection.ExecuteAsync(new CommandDefinition(sql, cancellationToken: cancellation));

    private const string EndReader =
        """
        select coalesce((select pg_terminate_backend(active_pid) from pg_replication_slots
                         where slot_name = @slot and active_pid is not null and active_pid = coalesce(@process, active_pid)), false)
        """;

    private const string DropSlotSql = "select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = @slot";
}
