using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using RabbitMQ.Client;
using Strangler.Tests.Servers;

namespace Strangler.Messaging.Tests;

/// <summary>The contract over the shared broker, and what is said about the wire.</summary>
public sealed class RabbitMqMediumTests : MediumContract, IAsyncLifetime
{
    private static readonly Subscription Counters = new("counters", [Sample.Counted]);

    private readonly List<MessagingOptions> used = [];
    private string uri = "";

    public ValueTask InitializeAsync()
    {
        uri = TestServers.RequireRabbitMq();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var options in used) await RawBroker.DeleteAsync(options, ["counters", "others", "both", "late"]);
    }

    [Fact]
    public async Task A_confirmed_message_waits_for_a_consumer_that_is_away()
    {
        var medium = CreateMedium();
        await (await OpenAsync(medium, Counters)).DisposeAsync();
        await using var publisher = await OpenPublisherAsync(medium);
        var messages = Sample.Messages("counter/1", 2_500);

        await publisher.PublishSafelyAsync(messages);
        await using var back = await OpenAsync(medium, Counters);

        // More than a prefetch, so it takes acknowledgements to get all of them.
        var received = new List<Envelope>();
        while (received.Count < messages.Length)
        {
            received.AddRange(await back.ReceiveAsync(Math.Min(500, messages.Length - received.Count)));
            await back.AcknowledgeAsync(CancellationToken.None);
        }

        Sample.AssertSame(messages, received);
    }

    [Fact]
    public async Task Acknowledged_messages_do_not_come_again()
    {
        var medium = CreateMedium();
        var messages = Sample.Messages("counter/1", 10);
        await using (var first = await OpenAsync(medium, Counters))
        {
            await using var publisher = await OpenPublisherAsync(medium);
            await publisher.PublishSafelyAsync(messages);
            await first.ReceiveAsync(6);
            await first.AcknowledgeAsync(CancellationToken.None);
        }

        await using var next = await OpenAsync(medium, Counters);
        Sample.AssertSame(messages[6..], await next.ReceiveAsync(4));
    }

    [Fact]
    public async Task A_plain_client_reads_what_we_send()
    {
        var medium = CreateMedium();
        await (await OpenAsync(medium, Counters)).DisposeAsync();
        await using var broker = await RawBroker.ConnectAsync(uri);
        var queue = await broker.Channel.QueueDeclareAsync();
        await broker.Channel.QueueBindAsync(queue.QueueName, used[0].Exchange, "0." + Sample.Counted);
        var message = Sample.Message("counter/São", 7, ordinal: 3) with { Warnings = ["name.lossy"], TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" };
        await using (var publisher = await OpenPublisherAsync(medium)) await publisher.PublishSafelyAsync(message);

        var raw = await broker.Channel.BasicGetAsync(queue.QueueName, autoAck: true);

        Assert.NotNull(raw);
        Assert.Equal("application/json", raw.BasicProperties.ContentType);
        Assert.Equal(DeliveryModes.Persistent, raw.BasicProperties.DeliveryMode);
        Assert.Equal(message.Id, raw.BasicProperties.MessageId);
        Assert.Equal(message.Time.ToUnixTimeSeconds(), raw.BasicProperties.Timestamp.UnixTime);
        Assert.Equal("0.sample.counter.counted.v1", raw.RoutingKey);
        Assert.Equal(message.Data.ToArray(), raw.Body.ToArray());
        Assert.Equal(
            [
                "ce-id: sample/sample.counter.counted.v1/counter/São/7.3",
                "ce-partitionkey: counter/São",
                "ce-sequence: 0000000000000007.00000003",
                "ce-source: urn:sample:legacy",
                "ce-specversion: 1.0",
                "ce-subject: counter/São",
                "ce-time: 2024-05-06T07:08:09.0000007Z",
                "ce-traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "ce-type: sample.counter.counted.v1",
                "ce-warnings: name.lossy",
            ],
            raw.BasicProperties.Headers!.Select(header => $"{header.Key}: {Encoding.UTF8.GetString((byte[])header.Value!)}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task We_read_what_a_plain_client_sends_and_what_cannot_be_read_says_why()
    {
        var medium = CreateMedium();
        await using var receiver = await OpenAsync(medium, Counters);
        await using var broker = await RawBroker.ConnectAsync(uri);
        var headers = new Dictionary<string, object?>
        {
            ["ce-specversion"] = "1.0",
            ["ce-id"] = "from-afar",
            ["ce-source"] = "urn:other",
            ["ce-type"] = Sample.Counted,
            ["ce-subject"] = "counter/1",
            ["ce-sequence"] = "000000000000000a.00000000",
            ["x-own"] = 42,
        };

        await broker.PublishAsync(used[0].Exchange, "0." + Sample.Counted, headers, "{}"u8.ToArray());
        await broker.PublishAsync(used[0].Exchange, "0." + Sample.Counted, new(headers) { ["ce-sequence"] = "ten" }, "{}"u8.ToArray());
        await broker.PublishAsync(used[0].Exchange, "0." + Sample.Counted, null, "hello"u8.ToArray());
        var received = await receiver.ReceiveAsync(3);

        Sample.AssertSame(new("from-afar", "urn:other", Sample.Counted, "counter/1", new(10, 0), DateTimeOffset.UnixEpoch, "{}"u8.ToArray()), received[0]);
        Assert.StartsWith("'ten' is not a message version", received[1].Malformed, StringComparison.Ordinal);
        Assert.Equal("The message has no header 'ce-id'. Its headers: .", received[2].Malformed);
        Assert.NotEqual(received[1].Key, received[2].Key);
    }

    [Fact]
    public async Task A_refused_message_fails_the_publisher()
    {
        var medium = CreateMedium();
        await using var receiver = await OpenAsync(medium, Counters);
        await using var broker = await RawBroker.ConnectAsync(uri);
        await broker.Channel.QueueDeclareAsync($"{used[0].Exchange}.full", false, exclusive: true, autoDelete: true, new Dictionary<string, object?> { ["x-max-length"] = 1, ["x-overflow"] = "reject-publish" });
        await broker.Channel.QueueBindAsync($"{used[0].Exchange}.full", used[0].Exchange, "0." + Sample.Counted);
        await using var publisher = await OpenPublisherAsync(medium);

        await publisher.PublishSafelyAsync(Sample.Message("counter/1", 1));
        var refused = await Assert.ThrowsAsync<PublishFailedException>(() => publisher.PublishSafelyAsync(Sample.Message("counter/1", 2)));

        Assert.Equal($"RabbitMQ refused message '{Sample.Message("counter/1", 2).Id}' (nack): a queue is full or failed. Resend it.", refused.Message);
    }

    [Fact]
    public async Task A_broker_that_is_not_there_is_a_lost_medium_and_opening_is_patient()
    {
        using var relay = new TcpRelay(new Uri(uri));
        var options = Options(relay.Uri);
        relay.Refuse();
        var medium = new RabbitMqMedium(options);
        var failures = 0;
        var retried = new TaskCompletionSource();

        var lost = await Assert.ThrowsAsync<MediumLostException>(() => medium.OpenPublisherAsync(CancellationToken.None));
        Assert.StartsWith($"RabbitMQ at 127.0.0.1:{relay.Port} cannot be reached: ", lost.Message, StringComparison.Ordinal);
        var opening = medium.OpenPublisherPatientlyAsync(
            TimeSpan.FromMilliseconds(10),
            TimeSpan.FromMilliseconds(100),
            (_, _) =>
            {
                if (++failures == 3) retried.TrySetResult();
            },
            CancellationToken.None);
        await retried.Task.WaitAsync(Sample.Deadline);
        relay.Accept();

        await using var publisher = await opening.WaitAsync(Sample.Deadline);
    }

    [Fact]
    [Behaviour(16, 22)]
    public async Task A_black_holed_publisher_fails_within_the_confirm_timeout_even_when_its_socket_is_full()
    {
        using var relay = new TcpRelay(new Uri(uri));
        var options = Options(relay.Uri);
        options.RabbitMq.ConfirmTimeout = TimeSpan.FromMilliseconds(500);
        options.RabbitMq.OperationTimeout = TimeSpan.FromSeconds(2);
        var medium = new RabbitMqMedium(options);
        await using var receiver = await CreateMediumOn(options, uri).OpenReceiverAsync(Counters, 0, CancellationToken.None);
        var publisher = await OpenPublisherAsync(medium);
        await publisher.PublishSafelyAsync(Sample.Message("counter/1", 1));
        relay.Freeze();
        var huge = Sample.Message("counter/1", 2) with { Data = new byte[20_000_000] };
        var started = TimeProvider.System.GetTimestamp();

        var failed = await Assert.ThrowsAsync<PublishFailedException>(() => publisher.PublishSafelyAsync(huge, Sample.Message("counter/1", 3)));
        await publisher.DisposeAsync().AsTask().WaitAsync(Sample.Deadline);

        Assert.Equal($"RabbitMQ did not confirm message '{huge.Id}' within 00:00:00.5000000; the connection is given up. Resend it.", failed.Message);
        Assert.InRange(TimeProvider.System.GetElapsedTime(started), TimeSpan.FromSeconds(0.4), TimeSpan.FromSeconds(5));
        await Assert.ThrowsAnyAsync<Exception>(() => publisher.PublishAsync([huge], CancellationToken.None));
    }

    [Fact]
    [Behaviour(16)]
    public async Task A_black_holed_receiver_is_lost_after_its_heartbeats_and_its_messages_come_again()
    {
        using var relay = new TcpRelay(new Uri(uri));
        var options = Options(relay.Uri);
        options.RabbitMq.Heartbeat = TimeSpan.FromSeconds(1);
        options.RabbitMq.OperationTimeout = TimeSpan.FromSeconds(2);
        var medium = new RabbitMqMedium(options);
        await using var receiver = await OpenAsync(medium, Counters);
        await using var publisher = await OpenPublisherAsync(CreateMediumOn(options, uri));
        var messages = Sample.Messages("counter/1", 3);
        await publisher.PublishSafelyAsync(messages);
        await receiver.ReceiveAsync(2);
        relay.Freeze();

        await Assert.ThrowsAsync<MediumLostException>(async () =>
        {
            while (true) await receiver.ReceiveAsync(1);
        });
        await Assert.ThrowsAsync<MediumLostException>(() => receiver.AcknowledgeAsync(CancellationToken.None));
        await receiver.DisposeAsync().AsTask().WaitAsync(Sample.Deadline);
        relay.Thaw();

        await using var next = await OpenAsync(medium, Counters);
        Sample.AssertSame(messages, await next.ReceiveAsync(3));
    }

    [Fact]
    [Behaviour(16)]
    public async Task An_operation_that_the_client_itself_gives_up_is_a_lost_medium()
    {
        using var relay = new TcpRelay(new Uri(uri));
        var options = Options(relay.Uri).RabbitMq;
        await using var connection = await RabbitMqConnection.OpenAsync(new(options), options, "gives up", TimeProvider.System, NullLogger.Instance, CancellationToken.None);
        var channel = await connection.RunAsync("Opening", static open => open.CreateChannelAsync(), CancellationToken.None);
        // A process that was stopped for a while finds all its timers due, and this one may be the first.
        channel.ContinuationTimeout = TimeSpan.FromMilliseconds(50);
        relay.Freeze();

        var lost = await Assert.ThrowsAsync<MediumLostException>(() => connection.RunAsync("Declaring", _ => channel.QueueDeclareAsync(), CancellationToken.None));
        using var stopping = new CancellationTokenSource();
        var stopped = connection.RunAsync("Declaring", _ => Task.Delay(Timeout.Infinite, stopping.Token).ContinueWith(static _ => 1, TaskScheduler.Default), stopping.Token);
        await stopping.CancelAsync();

        Assert.Equal("Declaring: RabbitMQ did not answer in time", lost.Message);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stopped);
    }

    [Fact]
    public async Task A_receiver_whose_queue_is_deleted_is_lost()
    {
        var medium = CreateMedium();
        await using var receiver = await OpenAsync(medium, Counters);
        await using var broker = await RawBroker.ConnectAsync(uri);

        await broker.Channel.QueueDeleteAsync($"{used[0].Exchange}.counters.0");

        await Assert.ThrowsAsync<MediumLostException>(() => receiver.ReceiveAsync(1));
    }

    [Fact]
    public async Task A_queue_of_another_kind_is_named_as_the_reason()
    {
        var medium = CreateMedium();
        await using var broker = await RawBroker.ConnectAsync(uri);
        await broker.Channel.QueueDeclareAsync($"{used[0].Exchange}.counters.0", durable: true, exclusive: false, autoDelete: false);

        var refused = await Assert.ThrowsAsync<MediumLostException>(() => OpenAsync(medium, Counters));

        Assert.Contains("PRECONDITION_FAILED", refused.Message, StringComparison.Ordinal);
        Assert.Contains("counters.0", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_publisher_relies_on_a_required_queue_only_when_it_has_settled()
    {
        var options = Options(uri);
        options.RequiredConsumers.Add("counters");
        options.RabbitMq.QueueSettleTime = TimeSpan.FromSeconds(3);
        var medium = new RabbitMqMedium(options);
        var started = TimeProvider.System.GetTimestamp();
        await (await OpenAsync(medium, Counters)).DisposeAsync();
        await using var receiver = await OpenAsync(medium, Counters);

        await using var publisher = await OpenPublisherAsync(medium);
        Assert.InRange(TimeProvider.System.GetElapsedTime(started), TimeSpan.FromSeconds(3), Sample.Deadline);

        var again = TimeProvider.System.GetTimestamp();
        await using var next = await OpenPublisherAsync(medium);
        Assert.InRange(TimeProvider.System.GetElapsedTime(again), TimeSpan.Zero, TimeSpan.FromSeconds(3));
    }

    protected override IMedium CreateMedium(int partitions = 1, IReadOnlyList<string>? requiredConsumers = null)
    {
        var options = Options(uri);
        options.Partitions = partitions;
        foreach (var consumer in requiredConsumers ?? []) options.RequiredConsumers.Add(consumer);
        return new RabbitMqMedium(options);
    }

    private static RabbitMqMedium CreateMediumOn(MessagingOptions options, string uri)
    {
        var direct = new MessagingOptions { Exchange = options.Exchange, Partitions = options.Partitions };
        direct.RabbitMq.Uri = uri;
        return new(direct);
    }

    private MessagingOptions Options(string address)
    {
        var options = new MessagingOptions { Exchange = $"medium-{Guid.NewGuid():N}", Partitions = 1 };
        options.RabbitMq.Uri = address;
        options.RabbitMq.QueueSettleTime = TimeSpan.FromMilliseconds(200);
        used.Add(options);
        return options;
    }
}
