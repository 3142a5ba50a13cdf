using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace Strangler.Messaging;

/// <summary>
/// Reads a stream up to what it held when the reading began. AMQP 0-9-1 does not tell where a stream ends, so a message of its own is put there, straight into the stream
/// and into no other queue; whoever finds one of another reading passes over it.
/// </summary>
internal sealed class RabbitMqHistory : IAsyncDisposable
{
    private const string End = "strangler.history.end";
    private const int AtOnce = 1_000;

    private readonly RabbitMqReceiver receiver;
    private readonly string endId;
    private bool ended;

    private RabbitMqHistory(RabbitMqReceiver receiver, string endId) => (this.receiver, this.endId) = (receiver, endId);

    /// <exception cref="MediumLostException">There is no such stream, or the connection is lost.</exception>
    public static async Task<RabbitMqHistory> OpenAsync(
        RabbitMqConnection connection, Func<ValueTask> release, string stream, DateTimeOffset? from, ushort prefetch, ILogger logger, CancellationToken cancellation)
    {
        RabbitMqReceiver? receiver = null;
        try
        {
            var channel = await connection.RunAsync("Opening a history", open => open.CreateChannelAsync(cancellationToken: cancellation), cancellation);
            receiver = new(channel, connection, release, logger);
            var endId = Guid.NewGuid().ToString("n");
            await connection.RunAsync(
                $"Reading history '{stream}'",
                async _ =>
                {
                    await channel.QueueDeclarePassiveAsync(stream, cancellation);
                    await channel.BasicQosAsync(0, prefetch, global: false, cancellation);
                    object offset = from is { } time ? new AmqpTimestamp(time.ToUnixTimeSeconds()) : "first";
                    await channel.BasicConsumeAsync(
                        stream, autoAck: false, consumerTag: "", noLocal: false, exclusive: false, new Dictionary<string, object?> { ["x-stream-offset"] = offset }, receiver, cancellation);
                    var end = new Envelope(endId, "urn:strangler:history", End, End, default, DateTimeOffset.UnixEpoch, default);
                    await channel.BasicPublishAsync("", stream, mandatory: true, new BasicProperties { Headers = EnvelopeHeaders.Write(end) }, default, CancellationToken.None);
                    return true;
                },
                cancellation);
            return new(receiver, endId);
        }
        catch
        {
            await (receiver?.DisposeAsync() ?? release());
            throw;
        }
    }

    /// <returns>The next messages, perhaps none; null after the last.</returns>
    public async Task<IReadOnlyList<Envelope>?> ReadAsync(CancellationToken cancellation)
    {
        if (ended) return null;
        var received = await receiver.ReceiveAsync(AtOnce, cancellation);

        // Only gives the broker leave to send more: a stream keeps what was acknowledged.
        await receiver.AcknowledgeAsync(cancellation);
        var kept = new List<Envelope>(received.Count);
        foreach (var message in received)
        {
            if (message.Type != End) kept.Add(message);
            else if (ended = message.Id == endId) break;
        }

        return kept;
    }

    public ValueTask DisposeAsync() => receiver.DisposeAsync();
}
