using System.Globalization;
using Dapper;
using Npgsql;
using Npgsql.Replication;
using NpgsqlTypes;

namespace Strangler.AntiCorruption;

/// <summary>
/// Publication and slot. The publication comes first: a slot decodes with the catalogue of its own past, so a publication made after it does
/// not exist for it (npgsql/npgsql#6176). Whatever does not fit the stored checkpoint is a gap, never guessed over: since PostgreSQL 15 the
/// server silently starts at the slot's own position when asked for an older one.
/// </summary>
internal sealed class PostgresCapture(PostgresSource source, PostgresFeedOptions options) : IAsyncDisposable
{
    private const int TriesToDrop = 100;
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(50);

    // A temporary slot lives as long as the connection that made it.
    private LogicalReplicationConnection? holder;

    public async Task<SourceIdentity> PrepareAsync(
        IReadOnlyList<CapturedTable> tables, SourceCheckpoint? stored, GapPolicy onGap, CancellationToken cancellation)
    {
        await using var connection = await source.OpenAsync(cancellation);
        var slot = await SlotAsync(connection, cancellation);
        string[] problems = [.. await ServerProblemsAsync(connection, slot, cancellation), .. await PostgresTables.ProblemsAsync(connection, tables, cancellation)];
        if (problems.Length > 0) throw new SourceRefusedException(problems);

        await PostgresTables.RecordOldRowsAsync(connection, tables, cancellation);
        await PublishAsync(connection, tables, cancellation);
        await ReleaseAsync();
        holder = await source.OpenReplicationAsync(cancellation);
        try
        {
            return await SlotOfAsync(holder, connection, slot, stored, onGap, cancellation);
        }
        finally
        {
            if (!options.Temporary) await ReleaseAsync();
        }
    }

    /// <summary>The connection to read by: the one that holds the temporary slot, otherwise a new one. It is the caller's now.</summary>
    public async Task<LogicalReplicationConnection> OpenReaderAsync(CancellationToken cancellation)
    {
        if (Interlocked.Exchange(ref holder, null) is { } held) return held;
        return await source.OpenReplicationAsync(cancellation);
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
        LogicalReplicationConnection replication, NpgsqlConnection connection, Slot? slot, SourceCheckpoint? stored, GapPolicy onGap, CancellationToken cancellation)
    {
        var system = await replication.IdentifySystem(cancellation);
        var place = string.Create(CultureInfo.InvariantCulture, $"postgresql:{system.SystemId}:{system.Timeline}:{system.DbName}:{options.Slot}:");
        if (stored is not null)
        {
            if (Gap(stored, slot, place) is not { } gap) return new(stored.SourceId, stored.Position);
            if (onGap == GapPolicy.Stop) throw new SourceGapException([gap, Choices]);
        }

        // Without a checkpoint, or after a gap, what an old slot would still stream is contained in the backfill that follows.
        await DropSlotAsync(connection, cancellation);
        var created = await replication.CreatePgOutputReplicationSlot(options.Slot, options.Temporary, slotSnapshotInitMode: LogicalSlotSnapshotInitMode.NoExport, cancellationToken: cancellation);
        return new($"{place}{created.ConsistentPoint}", (ulong)created.ConsistentPoint);
    }

    private const string Choices =
        "Either bring the slot back (from before a failover or restore), or begin anew with AntiCorruption:OnGap=Backfill: every table is backfilled; rows deleted in the gap stay in the services' stores.";

    /// <summary>Why the stored checkpoint cannot be continued; null when it can.</summary>
    private string? Gap(SourceCheckpoint stored, Slot? slot, string place)
    {
        if (!stored.SourceId.StartsWith(place, StringComparison.Ordinal))
        {
            return $"The checkpoint belongs to another capture: '{stored.SourceId}', but this is '{place}…' (system, timeline, database, slot).";
        }

        if (slot is null) return $"Replication slot '{options.Slot}' is gone: changes after {Lsn(stored.Position)} may be lost.";
        if (slot.WalStatus == "lost") return $"Replication slot '{options.Slot}' was invalidated by the server: changes after {Lsn(stored.Position)} are lost.";
        return (ulong)slot.ConfirmedFlush > stored.Position
            ? $"Replication slot '{options.Slot}' stands at {slot.ConfirmedFlush}, ahead of the checkpoint {Lsn(stored.Position)}: somebody else read it, or it was made again."
            : null;
    }

    private static NpgsqlLogSequenceNumber Lsn(ulong position) => new(position);

    private async Task<IReadOnlyList<string>> ServerProblemsAsync(NpgsqlConnection connection, Slot? slot, CancellationToken cancellation)
    {
        var problems = new List<string>();
        var (walLevel, mayReplicate, role, mayPublish, publishesAll) = await connection.QuerySingleAsync<(string, bool, string, bool, bool)>(
            new CommandDefinition(ServerSql, new { publication = options.Publication }, cancellationToken: cancellation));
        if (walLevel != "logical") problems.Add($"wal_level is '{walLevel}': alter system set wal_level = logical; then restart the server.");
        if (!mayReplicate) problems.Add($"Role {role} may not replicate: alter role {PostgresSource.Quote(role)} replication;");
        if (!mayPublish) problems.Add($"Role {role} may not create a publication: grant create on database {PostgresSource.Quote(connection.Database)} to {PostgresSource.Quote(role)};");
        if (publishesAll) problems.Add($"Publication '{options.Publication}' is for all tables, which breaks updates of tables without a key: drop publication {PostgresSource.Quote(options.Publication)};");
        if (slot is not null && (slot.Plugin != "pgoutput" || slot.Database != connection.Database))
        {
            problems.Add($"Replication slot '{options.Slot}' belongs to database '{slot.Database}' with plugin '{slot.Plugin}'. Choose another AntiCorruption:Slot.");
        }

        return problems;
    }

    private async Task PublishAsync(NpgsqlConnection connection, IReadOnlyList<CapturedTable> tables, CancellationToken cancellation)
    {
        var published = await connection.QueryAsync<string>(new CommandDefinition(PublishedSql, new { publication = options.Publication }, cancellationToken: cancellation));
        var wanted = tables.Select(static table => PostgresSource.Split(table.Name)).Select(static table => $"{table.Schema}.{table.Table}").Distinct().ToList();
        var exists = await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            "select exists (select 1 from pg_publication where pubname = @publication)", new { publication = options.Publication }, cancellationToken: cancellation));
        if (exists && wanted.ToHashSet().SetEquals(published)) return;

        var list = string.Join(", ", tables.Select(static table => PostgresSource.QuoteTable(table.Name)).Distinct());
        await ExecuteAsync(
            connection,
            exists
                ? $"alter publication {PostgresSource.Quote(options.Publication)} set table {list}"
                : $"create publication {PostgresSource.Quote(options.Publication)} for table {list} with (publish = 'insert, update, delete, truncate', publish_via_partition_root = true)",
            cancellation);
    }

    private async Task<Slot?> SlotAsync(NpgsqlConnection connection, CancellationToken cancellation) =>
        await connection.QuerySingleOrDefaultAsync<Slot>(new CommandDefinition(SlotSql, new { slot = options.Slot }, cancellationToken: cancellation));

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

    private sealed record Slot
    {
        public string Plugin { get; init; } = "";

        public string Database { get; init; } = "";

        public string WalStatus { get; init; } = "";

        public NpgsqlLogSequenceNumber ConfirmedFlush { get; init; }
    }

    private const string ServerSql =
        """
        select current_setting('wal_level'),
          (select rolreplication or rolsuper from pg_roles where rolname = current_user),
          current_user::text,
          has_database_privilege(current_database(), 'create') or exists (select 1 from pg_publication where pubname = @publication),
          exists (select 1 from pg_publication where pubname = @publication and puballtables)
        """;

    private const string PublishedSql = "select schemaname || '.' || tablename from pg_publication_tables where pubname = @publication";

    private const string DropSlotSql = "select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = @slot";

    private const string SlotSql =
        """
        select plugin::text as Plugin, database::text as Database, coalesce(wal_status, '') as WalStatus, confirmed_flush_lsn as ConfirmedFlush
        from pg_replication_slots
        where slot_name = @slot
        """;
}
