namespace Strangler.Messaging;

/// <summary>How messages travel. Read from the configuration section <c>Messaging</c>, checked at start with every error at once.</summary>
public sealed class MessagingOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Messaging";

    /// <summary>Number of partitions that keys are hashed to.</summary>
    /// <value>Default 4; 1 to 256. The same for every publisher and consumer of an exchange; a change needs the queues drained first.</value>
    public int Partitions { get; set; } = 4;

    /// <summary>Name of the exchange; begins the name of every queue.</summary>
    /// <value>Default <c>strangler</c>; 1 to 100 letters, digits, dots, dashes and underscores, not beginning with <c>amq.</c>.</value>
    public string Exchange { get; set; } = "strangler";

    /// <summary>Names of consumers whose queues must exist before a publisher opens, so that a consumer that starts later misses nothing.</summary>
    /// <value>
    /// Default none: a message is refused as unroutable only when nobody at all is bound for it, and queues younger than
    /// <see cref="RabbitMqOptions.QueueSettleTime"/> are relied on. Name every consumer that must not lose anything.
    /// </value>
    public IList<string> RequiredConsumers { get; } = [];

    /// <summary>File with the token by which operators of this host's consumers are let in: who may see what waits, and retry or discard it.</summary>
    /// <value>Default null: no operator is let in. One line of 16 to 512 visible ASCII characters; read when it is asked for, so that it may be changed.</value>
    public string? OperatorToken { get; set; }

    /// <summary>The broker.</summary>
    public RabbitMqOptions RabbitMq { get; } = new();

    /// <summary>How consumers of this process apply messages.</summary>
    public ConsumerOptions Consumer { get; } = new();
}
