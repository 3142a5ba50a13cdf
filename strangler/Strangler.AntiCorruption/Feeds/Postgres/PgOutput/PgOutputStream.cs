using Npgsql.Replication;
using Npgsql.Replication.Internal;
using Npgsql.Replication.PgOutput;
using NpgsqlTypes;

namespace Strangler.AntiCorruption;

/// <summary>
/// The messages of a slot as bytes. The driver keeps the connection (keep-alives, reports, time-outs); its reading of the messages would cost a task and
/// a type look-up for each value, four times what all else of the way of a row through the feed costs.
/// </summary>
internal sealed class PgOutputStream
{
    // Most rows fit; a larger message takes an array of its own while it is read.
    private const int MostKept = 1024 * 1024;

    private readonly IAsyncEnumerable<XLogDataMessage> messages;
    private byte[] buffer = new byte[16 * 1024];

    private PgOutputStream(IAsyncEnumerable<XLogDataMessage> messages) => this.messages = messages;

    /// <summary>Begins to stream what was committed after a position.</summary>
    public static PgOutputStream Start(LogicalReplicationConnection connection, PostgresFeedOptions options, ulong after, CancellationToken cancellation) => new(
        connection.StartLogicalReplication(
            new PgOutputReplicationSlot(options.Slot),
            cancellation,
            new NpgsqlLogSequenceNumber(after),
            [new("proto_version", "1"), new("publication_names", PostgresSource.Quote(options.Publication)), new("messages", "on")]));

    public IAsyncEnumerator<XLogDataMessage> GetAsyncEnumerator(CancellationToken cancellation) => messages.GetAsyncEnumerator(cancellation);

    /// <summary>The bytes of a message, valid until the next is read.</summary>
    /// <param name="message">The message that came last.</param>
    public async ValueTask<ReadOnlyMemory<byte>> BytesAsync(XLogDataMessage message)
    {
        var length = checked((int)message.Data.Length);
        if (length > buffer.Length && length <= MostKept) buffer = new byte[MostKept];
        var bytes = length <= buffer.Length ? buffer : new byte[length];

        // Without a token: the whole read is cancelled by the one it was started with.
        await message.Data.ReadExactlyAsync(bytes.AsMemory(0, length), CancellationToken.None);
        return bytes.AsMemory(0, length);
    }
}
