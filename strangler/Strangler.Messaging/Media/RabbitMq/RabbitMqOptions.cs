namespace Strangler.Messaging;

/// <summary>The broker and how it is used. Section <c>Messaging:RabbitMq</c>.</summary>
public sealed class RabbitMqOptions
{
    /// <summary>Where the broker is, with user, password and virtual host.</summary>
    /// <value><c>amqp://user:password@host:5672/vhost</c>, or <c>amqps://</c>. No default: it must be set unless the host brings its own medium.</value>
    public string? Uri { get; set; }

    /// <summary>Most messages of one publisher that are sent and not yet confirmed; the publisher waits when they are reached.</summary>
    /// <value>Default 1,000; 1 to 65,536. Below 200 it costs throughput, above 1,000 it only adds delay.</value>
    public int Window { get; set; } = 1_000;

    /// <summary>How long the broker may leave a message unconfirmed before the connection is given up for dead.</summary>
    /// <value>Default 10 s; 100 ms to 5 min. Time during which the broker has blocked the connection (an alarm) does not count.</value>
    public TimeSpan ConfirmTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long connecting, declaring a queue or acknowledging may take.</summary>
    /// <value>Default 10 s; 100 ms to 5 min.</value>
    public TimeSpan OperationTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Heartbeat of each connection; a silent peer is given up after two of them.</summary>
    /// <value>Default 10 s; 1 s to 5 min.</value>
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Most messages that one partition of a consumer holds unacknowledged.</summary>
    /// <value>Default 1,000: twice a batch, so that the next batch arrives while one is applied; 1 to 65,535.</value>
    public int Prefetch { get; set; } = 1_000;
}
