using Npgsql;
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

    private readonly IAsyncEnumerator<XLogDataMessage> messages;
    private byte[] buffer = new byte[16 * 1024];

    private PgOutputStream(IAsyncEnumerator<XLogDataMessage> messages) => this.messages = messages;

    /// <summary>Begins to stream what was committed after a position.</summary>
    public static PgOutputStream Start(LogicalReplicationConnection connection, PostgresFeedOptions options, ulong after, CancellationToken cancellation) => new(
        connection.StartLogicalReplication(
            new PgOutputReplicationSlot(options.Slot),
            cancellation,
            new NpgsqlLogSequenceNumber(after),
            [new("proto_version", "1"), new("publication_names", PostgresSource.Quote(options.Publication)), new("messages", "on")]).GetAsyncEnumerator(cancellation));

    /// <summary>Waits for the next message.</summary>
    /// <returns>Its bytes, valid until the one after it is asked for; null when the server ended the stream.</returns>
    /// <exception cref="NpgsqlException">The connection was lost, or the server refuses.</exception>
    /// <exception cref="OperationCanceledException">The token that the stream was started with.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> NextAsync()
    {
        try
        {
            return await messages.MoveNextAsync() ? await BytesAsync(messages.Current) : null;
        }
        catch (NullReferenceException lost)
        {
            // The driver's own report to the server met the broken connection first, and took it apart under its reader.
            throw new NpgsqlException("The connection to the source was lost.", lost);
        }
    }

    private async ValueTask<ReadOnlyMemory<byte>> BytesAsync(XLogDataMessage message)
    {
        var length = checked((int)message.Data.Length);
        if (length > buffer.Length && length <= MostKept) buffer = new byte[MostKept];
        var bytes = length <= buffer.Length ? buffer : new byte[length];

        // Without a token: the whole read is cancelled by the one it was started with.
        await message.Data.ReadExactlyAsync(bytes.AsMemory(0, length), CancellationToken.None);
        return bytes.AsMemory(0, length);
    }
}
