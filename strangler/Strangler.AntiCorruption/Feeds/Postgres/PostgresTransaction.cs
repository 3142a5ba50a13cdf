using Strangler.Messaging;

namespace Strangler.AntiCorruption;

/// <summary>Gathers the messages of the transaction at hand.</summary>
/// <param name="typesOf">Names the types of a table's columns.</param>
/// <param name="after">Where reading begins: transactions that were committed before have been read.</param>
/// <param name="window">The chunk of a backfill that is under way.</param>
internal sealed class PostgresTransaction(
    Func<PgOutputRelation, CancellationToken, Task<IReadOnlyList<string>>> typesOf, ulong after, PostgresChunkWindow window)
{
    private readonly Dictionary<uint, PostgresRelation> relations = [];
    private List<RowChange> changes = [];
    private string[] truncated = [];
    private BackfillChunk? chunk;
    private ulong commit;
    private ulong end;
    private uint ordinal;
    private DateTimeOffset committedAt;

    /// <summary>Changes gathered, those of a chunk aside: a chunk stays in one piece.</summary>
    public int LiveChanges => chunk is null ? changes.Count : 0;

    /// <summary>True from a truncate until the part that it ends is taken: what comes later of its transaction comes after it.</summary>
    public bool Truncates => truncated.Length > 0;

    /// <summary>True from the end of a transaction until it is taken.</summary>
    public bool Ended { get; private set; }

    /// <param name="message">One message of the stream; not kept.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="PgOutputException">It is not what the protocol says.</exception>
    public ValueTask TakeAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation)
    {
        var reader = new PgOutputReader(message.Span);
        var kind = (char)reader.ReadByte();
        if (kind == 'R') return new(RelateAsync(PgOutputRelation.Read(ref reader), cancellation));
        Take(kind, ref reader);
        return ValueTask.CompletedTask;
    }

    /// <summary>What was gathered; null when it was read before, or nothing of it is to be passed on.</summary>
    public SourceTransaction? TakePart()
    {
        var part = new SourceTransaction(end, committedAt, changes) { EndsTransaction = Ended, Chunk = chunk, Truncated = truncated };
        (changes, chunk, truncated, Ended) = ([], null, [], false);
        return ReadBefore ? null : part;
    }

    private bool ReadBefore => commit < after;

    private async Task RelateAsync(PgOutputRelation relation, CancellationToken cancellation) =>
        relations[relation.Id] = new(relation, await typesOf(relation, cancellation));

    private void Take(char kind, ref PgOutputReader reader)
    {
        switch (kind)
        {
            case 'B': Begin(ref reader); break;
            case 'C': Commit(ref reader); break;
            case 'I': Insert(ref reader); break;
            case 'U': Update(ref reader); break;
            case 'D': Delete(ref reader); break;
            case 'T': Truncate(ref reader); break;
            case 'M': Marker(ref reader); break;
            case 'O' or 'Y': return; // Where a transaction came from; a type of somebody's own, which the catalogue names too.
            default: throw new PgOutputException($"a message of kind 0x{(int)kind:x2}");
        }

        reader.End();
    }

    private void Begin(ref PgOutputReader reader)
    {
        (commit, committedAt) = (reader.ReadUInt64(), reader.ReadTime());
        ordinal = 0;
        Ended = false;
        window.Begin(reader.ReadUInt32());
    }

    private void Commit(ref PgOutputReader reader)
    {
        reader.ReadByte();
        reader.ReadUInt64(); // Where the commit record begins, as the beginning said.
        end = reader.ReadUInt64();
        reader.ReadTime();
        Ended = true;
    }

    private void Insert(ref PgOutputReader reader)
    {
        var relation = Relation(ref reader);
        Expect('N', reader.ReadByte());
        Add(relation, ChangeKind.Insert, null, relation.ReadWhole(ref reader));
    }

    private void Update(ref PgOutputReader reader)
    {
        var relation = Relation(ref reader);
        SourceRow? before = null;
        var kind = reader.ReadByte();
        if (kind is (byte)'K' or (byte)'O')
        {
            before = Old(relation, kind, ref reader);
            kind = reader.ReadByte();
        }

        Expect('N', kind);
        var row = relation.ReadWhole(ref reader);
        // With a whole replica identity the old row carries the large values that the new one, because they did not change, does not.
        Add(relation, ChangeKind.Update, before, before is null ? row : row.CompletedBy(before));
    }

    private void Delete(ref PgOutputReader reader)
    {
        var relation = Relation(ref reader);
        Add(relation, ChangeKind.Delete, Old(relation, reader.ReadByte(), ref reader), null);
    }

    private static SourceRow Old(PostgresRelation relation, byte kind, ref PgOutputReader reader) => (char)kind switch
    {
        'K' => relation.ReadKey(ref reader),
        'O' => relation.ReadWhole(ref reader),
        _ => throw new PgOutputException($"an old row of kind 0x{kind:x2}"),
    };

    private static void Expect(char expected, byte found)
    {
        if (found != expected) throw new PgOutputException($"0x{found:x2} in place of '{expected}'");
    }

    private PostgresRelation Relation(ref PgOutputReader reader)
    {
        var id = reader.ReadUInt32();
        return relations.TryGetValue(id, out var relation) ? relation : throw new PgOutputException($"a change of table number {id}, which was not named before");
    }

    private void Marker(ref PgOutputReader reader)
    {
        reader.ReadByte(); // Whether it is part of a transaction: ours are.
        reader.ReadUInt64();
        var prefix = reader.ReadText();
        var text = reader.ReadSizedBytes();
        if (prefix != PostgresBackfill.MarkerPrefix || window.Arrived(PgOutputReader.Decode(text)) is not { } rows) return;
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

    private void Truncate(ref PgOutputReader reader)
    {
        var tables = new string[reader.ReadInt32() is >= 0 and <= ushort.MaxValue and var count ? count : throw new PgOutputException("a truncate of too many tables")];
        reader.ReadByte(); // Cascade, restart of identities: they have messages, or effects, of their own.
        for (var index = 0; index < tables.Length; index++) tables[index] = Relation(ref reader).Name;
        truncated = tables;
    }
}
