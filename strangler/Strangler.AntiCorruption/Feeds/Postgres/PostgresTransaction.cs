using Npgsql.Replication.PgOutput.Messages;
using Strangler.Messaging;

namespace Strangler.AntiCorruption;

/// <summary>Gathers the messages of the transaction at hand. Everything is copied before the next message is read: the driver reuses its objects.</summary>
internal sealed class PostgresTransaction(PostgresSource source, string? acceptTruncate, ulong after, PostgresChunkWindow window)
{
    private readonly Dictionary<uint, PostgresRelation> relations = [];
    private List<RowChange> changes = [];
    private BackfillChunk? chunk;
    private ulong commit;
    private ulong end;
    private uint ordinal;
    private DateTimeOffset committedAt;

    /// <summary>Changes gathered, those of a chunk aside: a chunk stays in one piece.</summary>
    public int LiveChanges => chunk is null ? changes.Count : 0;

    public bool Ended { get; private set; }

    public async ValueTask TakeAsync(PgOutputReplicationMessage message, CancellationToken cancellation)
    {
        switch (message)
        {
            case BeginMessage begin:
                commit = (ulong)begin.TransactionFinalLsn;
                committedAt = new(DateTime.SpecifyKind(begin.TransactionCommitTimestamp, DateTimeKind.Utc));
                ordinal = 0;
                Ended = false;
                window.Begin(begin.TransactionXid);
                break;
            case LogicalDecodingMessage { Prefix: PostgresBackfill.MarkerPrefix } marker:
                await MarkerAsync(marker, cancellation);
                break;
            case CommitMessage last:
                end = (ulong)last.TransactionEndLsn;
                Ended = true;
                break;
            case RelationMessage relation:
                relations[relation.RelationId] = new(relation, await PostgresTypes.OfAsync(source, relation, cancellation));
                break;
            case InsertMessage insert:
                Add(relations[insert.Relation.RelationId], ChangeKind.Insert, null, await relations[insert.Relation.RelationId].WholeAsync(insert.NewRow, cancellation));
                break;
            case UpdateMessage update:
                await UpdateAsync(relations[update.Relation.RelationId], update, cancellation);
                break;
            case KeyDeleteMessage delete:
                Add(relations[delete.Relation.RelationId], ChangeKind.Delete, await relations[delete.Relation.RelationId].KeyAsync(delete.Key, cancellation), null);
                break;
            case FullDeleteMessage delete:
                Add(relations[delete.Relation.RelationId], ChangeKind.Delete, await relations[delete.Relation.RelationId].WholeAsync(delete.OldRow, cancellation), null);
                break;
            case TruncateMessage truncate:
                Truncated(truncate);
                break;
        }
    }

    /// <summary>What was gathered; null when it was read before, or nothing of it is to be passed on.</summary>
    public SourceTransaction? TakePart()
    {
        var part = new SourceTransaction(end, committedAt, changes) { EndsTransaction = Ended, Chunk = chunk };
        (changes, chunk) = ([], null);
        return ReadBefore ? null : part;
    }

    private bool ReadBefore => commit < after;

    private async ValueTask UpdateAsync(PostgresRelation relation, UpdateMessage update, CancellationToken cancellation)
    {
        SourceRow? before = null;
        SourceRow row;
        switch (update)
        {
            case FullUpdateMessage full:
                before = await relation.WholeAsync(full.OldRow, cancellation);
                row = await relation.WholeAsync(full.NewRow, before, cancellation);
                break;
            case IndexUpdateMessage index:
                before = await relation.KeyAsync(index.Key, cancellation);
                row = await relation.WholeAsync(index.NewRow, cancellation);
                break;
            default:
                row = await relation.WholeAsync(update.NewRow, cancellation);
                break;
        }

        Add(relation, ChangeKind.Update, before, row);
    }

    private async ValueTask MarkerAsync(LogicalDecodingMessage message, CancellationToken cancellation)
    {
        using var text = new StreamReader(message.Data, leaveOpen: true);
        if (window.Arrived(await text.ReadToEndAsync(cancellation)) is not { } rows) return;
        var table = rows.Chunk.Request.Table.Name;
        foreach (var row in rows.Present) changes.Add(Change(table, ChangeKind.Insert, null, row));
        foreach (var row in rows.Missing) changes.Add(Change(table, ChangeKind.Delete, row, null));
        chunk = rows.Chunk;
    }

    private void Add(PostgresRelation relation, ChangeKind kind, SourceRow? before, SourceRow? row)
    {
        var change = Change(relation.Name, kind, before, row);
        changes.Add(change);
        window.Streamed(change);
    }

    private RowChange Change(string table, ChangeKind kind, SourceRow? before, SourceRow? row) =>
        new(table, kind, before, row, new MessageVersion(commit, ordinal++), committedAt);

    private void Truncated(TruncateMessage truncate)
    {
        var position = new NpgsqlTypes.NpgsqlLogSequenceNumber(commit).ToString();
        if (ReadBefore || position == acceptTruncate) return;
        throw new SourceTruncatedException(
            [.. truncate.Relations.Select(static relation => relation.RelationName)],
            position,
            $"Tell the services, then set AntiCorruption:AcceptTruncate={position}, or begin anew with a new slot, which backfills every table.");
    }
}
