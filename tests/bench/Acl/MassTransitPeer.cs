using System.Diagnostics;
using MassTransit;
using Npgsql;
using NpgsqlTypes;
using RabbitMQ.Client;

namespace Strangler.Bench.Acl;

/// <summary>
/// MassTransit 8.4 with the same messages, the same handler's statement and the same kind of queue. Its own inbox is in the package MassTransit.EntityFrameworkCore, which could not be
/// restored; what stands in for it is written by hand and kinder to it: for each message one transaction that enters its id, applies it and marks it consumed, where the
/// original commits three times. No outbox work is charged.
/// </summary>
internal sealed class MassTransitPeer(string broker, NpgsqlDataSource store)
{
    private const string Queue = "bench-masstransit";
    private const int Concurrency = 8;
    private int applied;
    private int expected;
    private TaskCompletionSource<long> reached = new();

    public async Task CreateAsync(CancellationToken cancellation)
    {
        await using var command = store.CreateCommand(
            """
            create table inbox_state (
              message_id uuid not null, consumer_id uuid not null, lock_id uuid not null, received timestamptz not null, receive_count int not null, consumed timestamptz,
              primary key (message_id, consumer_id))
            """);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <returns>Messages a second, from the start of the bus to the last commit.</returns>
    public async Task<double> ConsumeAsync(ExamMessages messages, int count, CancellationToken cancellation)
    {
        (applied, expected, reached) = (0, count, new(TaskCreationOptions.RunContinuationsAsynchronously));
        await SendAsync(messages, count, cancellation);
        var bus = Bus.Factory.CreateUsingRabbitMq(configure =>
        {
            configure.Host(new Uri(broker));
            configure.PrefetchCount = 1_000;
            configure.UseRawJsonDeserializer(RawSerializerOptions.AnyMessageType, isDefault: true);
            configure.ReceiveEndpoint(Queue, endpoint =>
            {
                endpoint.SetQuorumQueue();
                endpoint.ConfigureConsumeTopology = false;
                endpoint.ConcurrentMessageLimit = Concurrency;
                endpoint.Handler<Exam>(context => ApplyAsync(context));
            });
        });
        var begun = Stopwatch.GetTimestamp();
        await bus.StartAsync(cancellation);
        var elapsed = Stopwatch.GetElapsedTime(begun, await reached.Task.WaitAsync(cancellation));
        await bus.StopAsync(cancellation);
        return count / elapsed.TotalSeconds;
    }

    private async Task SendAsync(ExamMessages messages, int count, CancellationToken cancellation)
    {
        await using var connection = await new ConnectionFactory { Uri = new(broker) }.CreateConnectionAsync(cancellation);
        await using var channel = await connection.CreateChannelAsync(new(true, true, outstandingPublisherConfirmationsRateLimiter: null), cancellation);
        await channel.QueueDeclareAsync(
            Queue, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-queue-type"] = "quorum" }, cancellationToken: cancellation);
        foreach (var part in messages.NextRound().Take(count).Chunk(500))
        {
            await Task.WhenAll(part.Select(message => channel.BasicPublishAsync(
                "", Queue, mandatory: true, new BasicProperties { Persistent = true, ContentType = "application/json", MessageId = Guid.NewGuid().ToString() }, message.Data, cancellation).AsTask()));
        }
    }

    private async Task ApplyAsync(ConsumeContext<Exam> context)
    {
        var cancellation = context.CancellationToken;
        await using (var connection = await store.OpenConnectionAsync(cancellation))
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellation);
            var ids = (Message: context.MessageId ?? throw new BenchException("A message came without its id."), Consumer: Guid.Empty);
            await ExecuteAsync("insert into inbox_state values ($1, $2, gen_random_uuid(), now(), 1) on conflict do nothing");
            await ExecuteAsync("select * from inbox_state where message_id = $1 and consumer_id = $2 for update");
            await ExamStore.SaveAsync(connection, transaction, [context.Message.ToExam()], cancellation);
            await ExecuteAsync("update inbox_state set consumed = now(), receive_count = receive_count + 1 where message_id = $1 and consumer_id = $2");
            await transaction.CommitAsync(cancellation);

            async Task ExecuteAsync(string sql)
            {
                await using var command = new NpgsqlCommand(sql, connection, transaction);
                command.Parameters.Add(new() { Value = ids.Message, NpgsqlDbType = NpgsqlDbType.Uuid });
                command.Parameters.Add(new() { Value = ids.Consumer, NpgsqlDbType = NpgsqlDbType.Uuid });
                await command.ExecuteNonQueryAsync(cancellation);
            }
        }

        if (Interlocked.Increment(ref applied) == expected) reached.TrySetResult(Stopwatch.GetTimestamp());
    }

    /// <summary>The same body, for its serializer.</summary>
    public sealed record Exam
    {
        [System.Text.Json.Serialization.JsonPropertyName("id")]
        public string Id { get; init; } = "";

        [System.Text.Json.Serialization.JsonPropertyName("patient_id")]
        public string PatientId { get; init; } = "";

        [System.Text.Json.Serialization.JsonPropertyName("date")]
        public string Date { get; init; } = "";

        [System.Text.Json.Serialization.JsonPropertyName("status")]
        public string Status { get; init; } = "";

        [System.Text.Json.Serialization.JsonPropertyName("notes")]
        public string Notes { get; init; } = "";

        internal ExamTranslator.Exam ToExam() => new(Id, PatientId, Date, Status, Notes);
    }
}
