namespace Strangler.Messaging;

/// <summary>How messages travel. Read from the configuration section <c>Messaging</c>, checked at start with every error at once.</summary>
public sealed class MessagingOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Messaging";

    /// <summary>Number of partitions that keys are hashed to.</summary>
    /// <value>
    /// Default 4; 1 to 256. The same for every publisher and consumer of an exchange: who has another is refused. To change it, choose another <see cref="Exchange"/>
    /// and name the one so far in <see cref="Former"/>.
    /// </value>
    public int Partitions { get; set; } = 4;

    /// <summary>Name of the exchange; begins the name of every queue.</summary>
    /// <value>Default <c>strangler</c>; 1 to 100 letters, digits, dots, dashes and underscores, not beginning with <c>amq.</c>.</value>
    public string Exchange { get; set; } = "strangler";

    /// <summary>The exchange that <see cref="Exchange"/> takes over from, while it does: consumers drain its queues before they take a message of the new ones.</summary>
    public FormerExchange Former { get; } = new();

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

    /// <summary>What publishers do while the broker is away for long.</summary>
    public JournalOptions Journal { get; } = new();

    /// <summary>How consumers of this process apply messages.</summary>
    public ConsumerOptions Consumer { get; } = new();
}

/// <summary>An exchange that another one takes over from, for example to change the number of partitions.</summary>
/// <remarks>
/// First every consumer is started with the new exchange and this one as former, then the publisher. The publisher closes the former exchange, for ever: one of several
/// publishers of an exchange would close it for all, so they are stopped together. When the former queues are empty, the setting and the queues may go.
/// </remarks>
public sealed class FormerExchange
{
    /// <summary>Its name.</summary>
    /// <value>Default null: there is none. As <see cref="MessagingOptions.Exchange"/>, and not the same.</value>
    public string? Exchange { get; set; }

    /// <summary>Its number of partitions.</summary>
    /// <value>Default 4; 1 to 256.</value>
    public int Partitions { get; set; } = 4;
}
