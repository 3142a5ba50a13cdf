namespace Strangler.Messaging;

/// <summary>How consumers apply messages. Section <c>Messaging:Consumer</c>.</summary>
public sealed class ConsumerOptions
{
    /// <summary>Most messages applied in one database transaction; what is there is taken, no batch waits to be full. A whole transaction that a consumer asked for is applied in one, and read in parts of this size.</summary>
    /// <value>Default 500; 1 to 10,000.</value>
    public int BatchSize { get; set; } = 500;

    /// <summary>
    /// Least time between the beginnings of two such transactions of one partition. What comes meanwhile is applied in one: under load a transaction of many messages costs little more
    /// than a transaction of one. A message that comes after a quiet time is applied at once, and behind a full batch the next one begins at once.
    /// </summary>
    /// <value>Default 50 ms, which delays a message by 25 ms on the average; 0 (none) to 1 s.</value>
    public TimeSpan BatchInterval { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How often a message is tried before its key is parked.</summary>
    /// <value>Default 5; 1 to 100.</value>
    public int Attempts { get; set; } = 5;

    /// <summary>How long a key pauses after its first failed attempt, and the medium or the store after theirs; doubled each time, with jitter.</summary>
    /// <value>Default 200 ms; 10 ms to 1 min.</value>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Longest such pause.</summary>
    /// <value>Default 30 s; at least <see cref="RetryDelay"/>, at most 10 min.</value>
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long messages that were delivered are held while the store does not take them; then they are given back to the broker, in order, so that another process of the consumer
    /// may have them, and taken again when the store answers. A handler that asks its transaction nothing for as long is taken for one that hangs: PostgreSQL ends the transaction.
    /// </summary>
    /// <value>Default 1 min; 1 s to 20 min. RabbitMQ takes messages away that are held for 30 min.</value>
    public TimeSpan HoldDeliveries { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Of a consumer that asked for whole transactions: how long a message waits for the rest of its transaction before the keys of what came are parked, and health says so. When
    /// the rest comes later, the transaction takes effect all the same.
    /// </summary>
    /// <value>Default 1 min; 1 s to 1 day.</value>
    public TimeSpan TransactionWait { get; set; } = TimeSpan.FromMinutes(1);

    internal Backoff Backoff(TimeProvider clock) => new(RetryDelay, MaxRetryDelay, clock);
}
