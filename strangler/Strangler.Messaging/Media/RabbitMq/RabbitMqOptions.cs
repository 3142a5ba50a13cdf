namespace Strangler.Messaging;

/// <summary>The broker and how it is used. Section <c>Messaging:RabbitMq</c>.</summary>
public sealed class RabbitMqOptions
{
    /// <summary>Where the broker is, with user, password and virtual host.</summary>
    /// <value><c>amqp://user:password@host:5672/vhost</c>, or <c>amqps://</c>. No default: it must be set unless the host brings its own medium.</value>
    public string? Uri { get; set; }

    /// <summary>
    /// Further nodes of the same cluster: user, password, virtual host and TLS are the URI's. When a node is lost or does not answer, the next one is tried, in turn with the
    /// URI's own; hosts begin with any.
    /// </summary>
    /// <value>Default none. Each <c>host</c>, with the URI's port, or <c>host:port</c>. The cluster should have <c>cluster_partition_handling = pause_minority</c>: a node that is cut
    /// off then ends its connections, instead of keeping consumers that get nothing.</value>
    public IList<string> Nodes { get; } = [];

    /// <summary>Most messages of one publisher that are sent and not yet confirmed; the publisher waits when they are reached.</summary>
    /// <value>Default 1,000; 1 to 65,536. Below 200 it costs throughput, above 1,000 it only adds delay.</value>
    public int Window { get; set; } = 1_000;

    /// <summary>How long the broker may leave a message unconfirmed before the connection is given up for dead.</summary>
    /// <value>Default 10 s; 100 ms to 5 min. Time during which the broker has blocked the connection (an alarm) does not count.</value>
    public TimeSpan ConfirmTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long connecting, declaring a queue or acknowledging may take.</summary>
    /// <value>Default 10 s; 100 ms to 5 min.</value>
    public TimeSpan OperationTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Heartbeat of each connection; a peer that is silent for two of them is given up.</summary>
    /// <value>Default 10 s; 1 s to 5 min.</value>
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a queue must have been declared before a publisher that requires its consumer may rely on it. RabbitMQ 3.10 writes the name of
    /// a new quorum queue to disk seconds after it declared the queue: a node killed in between loses the queue with every message that it
    /// had confirmed, and the queue that it makes in its place never answers.
    /// </summary>
    /// <value>Default 5 s; 0 to 1 min. Matters once in a queue's life.</value>
    public TimeSpan QueueSettleTime { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long the broker keeps every message that it has carried, so that one consumer can be given them again: a stream for each partition, one more copy on the
    /// broker's disk. The same for every consumer of an exchange; each consumer has the types that it handles kept, from its first start on.
    /// </summary>
    /// <value>Default null: none is kept. 1 min to 365 days, in whole seconds. The broker forgets in pieces of 50 MB, so it keeps rather more. A stream that exists keeps
    /// its own time: to change it, delete the streams named <c>{exchange}.{partition}.history</c>, and what they hold.</value>
    public TimeSpan? History { get; set; }

    /// <summary>Most messages that one partition of a consumer holds unacknowledged.</summary>
    /// <value>Default 1,000: twice a batch, so that the next batch arrives while one is applied; 1 to 65,535.</value>
    public int Prefetch { get; set; } = 1_000;
}
