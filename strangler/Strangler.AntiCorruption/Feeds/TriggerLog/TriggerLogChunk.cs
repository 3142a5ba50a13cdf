using Strangler.Messaging;

namespace Strangler.AntiCorruption;

/// <summary>Rows that were read as of a place in the log.</summary>
internal sealed record TriggerLogChunk(ChunkRequests.Waiter Waiter, ulong Place, DateTimeOffset ReadAt, ChunkRows Rows)
{
    /// <summary>The rows as they come out; an empty end of the transaction when nobody waits for them any more.</summary>
    public SourceTransaction Arrive()
    {
        if (!Waiter.TryArrive(Rows.Chunk)) return new(Place, ReadAt, []);

        var (table, ordinal) = (Rows.Chunk.Request.Table.Name, 0u);
        return new(Place, ReadAt,
        [
            .. Rows.Present.Select(row => new RowChange(table, ChangeKind.Insert, null, row, new MessageVersion(Place, ++ordinal), ReadAt)),
            .. Rows.Missing.Select(row => new RowChange(table, ChangeKind.Delete, row, null, new MessageVersion(Place, ++ordinal), ReadAt)),
        ])
        {
            Chunk = Rows.Chunk,
        };
    }
}
