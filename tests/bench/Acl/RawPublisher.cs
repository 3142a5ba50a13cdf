using System.Diagnostics;
using RabbitMQ.Client;
using Strangler.Messaging;

namespace Strangler.Bench.Acl;

/// <summary>
/// RabbitMQ.Client and nothing else: one message over and over, as large on the wire as the layer's, headers included; persistent, mandatory, confirmed, 512 on their
/// way, round robin over quorum queues of the same kind. What a publisher on this broker can reach.
/// </summary>
internal sealed class RawPublisher(IConnection connection, int queues)
{
    private const string Exchange = "bench-raw";
    private const int Outstanding = 512;

    private readonly string[] queueNames = [.. Enumerable.Range(0, queues).Select(number => $"bench-raw.{number}")];

    public async Task PrepareAsync(IChannel channel, CancellationToken cancellation)
    {
        await channel.ExchangeDeclareAsync(Exchange, ExchangeType.Direct, durable: true, cancellationToken: cancellation);
        foreach (var queue in queueNames)
        {
            await channel.QueueDeclareAsync(
                queue, durable: true, exclusive: false, autoDelete: false,
                new Dictionary<string, object?> { ["x-queue-type"] = "quorum", ["x-single-active-consumer"] = true }, cancellationToken: cancellation);
            await channel.QueueBindAsync(queue, Exchange, queue, cancellationToken: cancellation);
        }
    }

    /// <summary>Publishes the message so many times.</summary>
    /// <returns>Messages a second until the last is confirmed.</returns>
    public async Task<double> PublishAsync(int messages, Envelope message, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        // No limiter: the client's own starves a pipelined publisher. The ring of tasks is the window.
        await using var channel = await connection.CreateChannelAsync(new(true, true, outstandingPublisherConfirmationsRateLimiter: null), cancellation);
        var properties = PropertiesOf(message);
        var window = new Task[Outstanding];
        Array.Fill(window, Task.CompletedTask);
        for (var number = 0; number < messages; number++)
        {
            var place = number % Outstanding;
            await window[place];
            window[place] = channel.BasicPublishAsync(Exchange, queueNames[number % queueNames.Length], mandatory: true, properties, message.Data, cancellation).AsTask();
        }

        await Task.WhenAll(window);
        return messages / watch.Elapsed.TotalSeconds;
    }

    /// <summary>Empties the queues.</summary>
    /// <returns>How many messages were there.</returns>
    public async Task<long> EmptyAsync(IChannel channel, CancellationToken cancellation)
    {
        var messages = 0L;
        foreach (var queue in queueNames) messages += await channel.QueuePurgeAsync(queue, cancellation);
        return messages;
    }

    /// <summary>What the library sends of a message besides its body.</summary>
    private static BasicProperties PropertiesOf(Envelope message) => new()
    {
        Persistent = true,
        ContentType = EnvelopeHeaders.ContentType,
        MessageId = message.Id,
        Timestamp = new(message.Time.ToUnixTimeSeconds()),
        Headers = new Dictionary<string, object?>
        {
            ["ce-specversion"] = "1.0",
            ["ce-id"] = message.Id,
            ["ce-source"] = message.Source,
            ["ce-type"] = message.Type,
            ["ce-subject"] = message.Key,
            ["ce-partitionkey"] = message.Key,
            ["ce-sequence"] = message.Version.ToString(),
            ["ce-time"] = $"{message.Time.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'}",
            // As nearly every message of a transaction of several has it.
            ["ce-transaction"] = $"{message.Version.Position:x16}",
        },
    };
}
