namespace Strangler.AntiCorruption;

/// <summary>How a <see cref="PostgresChangeFeed"/> captures.</summary>
public sealed record PostgresFeedOptions
{
    /// <summary>Name of the replication slot.</summary>
    /// <value>Default <c>strangler</c>; 1 to 63 lower-case letters, digits and underscores.</value>
    public string Slot { get; init; } = "strangler";

    /// <summary>
    /// Whether the server drops the slot by itself when the feed's connection ends, however it ends: then it never holds log back for a reader
    /// that is gone, and what was not read by then is lost. Such a feed is prepared and read once.
    /// </summary>
    /// <value>Default false: the slot waits for the next run.</value>
    public bool Temporary { get; init; }

    /// <summary>Name of the publication.</summary>
    /// <value>Default <c>strangler</c>; 1 to 63 lower-case letters, digits and underscores.</value>
    public string Publication { get; init; } = "strangler";

    /// <summary>How often a sign of life is written to the log of a quiet database, so that the slot moves on and holds no log back.</summary>
    /// <value>Default 5 s; 100 ms to 10 minutes.</value>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Most changes of one part of a large transaction.</summary>
    /// <value>Default 500, as many as a batch of messages; 1 to 100,000.</value>
    public int PartChanges { get; init; } = 500;
}
