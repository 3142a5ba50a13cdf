namespace Strangler.AntiCorruption;

/// <summary>The anti-corruption layer of one legacy database. Section <c>AntiCorruption</c> and two connection strings.</summary>
public sealed class AntiCorruptionOptions
{
    /// <summary>The legacy database.</summary>
    /// <value><c>ConnectionStrings:Source</c>; <c>Host=…</c> for PostgreSQL, <c>Data Source=FILE</c> for SQLite. Required.</value>
    public string SourceConnection { get; set; } = "";

    /// <summary>The layer's own store: checkpoint, counts, quarantine. Never the legacy database.</summary>
    /// <value><c>ConnectionStrings:Store</c>; PostgreSQL or SQLite. Required.</value>
    public string StoreConnection { get; set; } = "";

    /// <summary>CloudEvents source of every message: who publishes. Consumers know messages by source and id, so it never changes.</summary>
    /// <value>Default <c>urn:strangler:legacy</c>; a URI.</value>
    public string Source { get; set; } = "urn:strangler:legacy";

    /// <summary>PostgreSQL: name of the replication slot.</summary>
    /// <value>Default <c>strangler</c>; 1 to 63 lower-case letters, digits and underscores.</value>
    public string Slot { get; set; } = "strangler";

    /// <summary>PostgreSQL: name of the publication.</summary>
    /// <value>Default <c>strangler</c>; 1 to 63 lower-case letters, digits and underscores.</value>
    public string Publication { get; set; } = "strangler";

    /// <summary>PostgreSQL: how often a sign of life is written to the log of a quiet database, so that the slot moves on and holds no log back.</summary>
    /// <value>Default 5 s; 100 ms to 10 minutes.</value>
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>PostgreSQL: what to do when a captured table is truncated.</summary>
    /// <value>Default <see cref="TruncatePolicy.Stop"/>.</value>
    public TruncatePolicy OnTruncate { get; set; } = TruncatePolicy.Stop;

    /// <summary>SQLite: how often the change log is looked at.</summary>
    /// <value>Default 50 ms; 1 ms to 1 minute.</value>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>SQLite: first part of the names of the log's tables and triggers.</summary>
    /// <value>Default <c>strangler_log</c>; 1 to 40 lower-case letters, digits and underscores.</value>
    public string LogName { get; set; } = "strangler_log";

    /// <summary>What to do when changes after the checkpoint may be lost.</summary>
    /// <value>Default <see cref="GapPolicy.Stop"/>.</value>
    public GapPolicy OnGap { get; set; } = GapPolicy.Stop;

    /// <summary>
    /// How long after <see cref="GapPolicy.Backfill"/> healed a gap it does not heal another one by itself, nor before everything was read again for the one
    /// before: who loses changes that often has a cause that a person must find. Meanwhile a gap stops the layer, as with <see cref="GapPolicy.Stop"/>.
    /// </summary>
    /// <value>Default 1 day; 0 to 365 days. 0 heals every gap.</value>
    public TimeSpan HealAgainAfter { get; set; } = TimeSpan.FromDays(1);

    /// <summary>
    /// How long the rows of a backfill's chunk may hold up a change that comes meanwhile; its size follows. What a chunk takes besides (reading, a
    /// confirm, a commit) holds nobody up and is not counted. While changes come, as long a time is theirs alone between two chunks.
    /// </summary>
    /// <value>Default 100 ms; 10 ms to 10 s.</value>
    public TimeSpan BackfillChunkTime { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Most rows of a chunk, however quick: it is held in memory.</summary>
    /// <value>Default 5,000; 1 to 100,000.</value>
    public int BackfillChunkRows { get; set; } = 5_000;

    /// <summary>What to do with a table when a column that a translator reads is gone or has another type.</summary>
    /// <value>Default <see cref="ShapePolicy.Hold"/>.</value>
    public ShapePolicy OnShapeChange { get; set; } = ShapePolicy.Hold;

    /// <summary>The same for single tables, by name.</summary>
    /// <value>Default none.</value>
    public IDictionary<string, ShapePolicy> ShapePolicies { get; } = new Dictionary<string, ShapePolicy>();

    /// <summary>Shapes that translators read although columns of theirs changed their type, by table: the fingerprint that the error printed.</summary>
    /// <value>Default none.</value>
    public IDictionary<string, string> AcceptShapes { get; } = new Dictionary<string, string>();

    /// <summary>
    /// Columns whose values do not leave the source as they are, by table: before a translator sees a row every letter of them is an <c>x</c> and every digit a
    /// <c>9</c>, and what is beyond 40 characters is cut off, in messages and in the quarantine too.
    /// </summary>
    /// <value>Default none; columns of tables that a translator reads, and not its key column.</value>
    public IDictionary<string, string[]> MaskedColumns { get; } = new Dictionary<string, string[]>();

    /// <summary>Messages published together. More are on their way at once; the medium bounds how many.</summary>
    /// <value>Default 500; 1 to 10,000.</value>
    public int BatchMessages { get; set; } = 500;

    /// <summary>Largest body of a message. A row that would give a larger one is refused, by rule <c>too-large</c>, and waits in the quarantine; the others go on.</summary>
    /// <value>Default 16 MiB; 1 KiB to 128 MiB, and not above the broker's own limit (RabbitMQ's <c>max_message_size</c>, 128 MiB by default): what that refuses stops the stream.</value>
    public int MaxMessageBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>The checkpoint is stored this long after the last time, if anything became safe.</summary>
    /// <value>Default 100 ms; 1 ms to 1 minute.</value>
    public TimeSpan CheckpointInterval { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The checkpoint is stored sooner when so many transactions became safe.</summary>
    /// <value>Default 5,000; 1 to 1,000,000.</value>
    public int CheckpointTransactions { get; set; } = 5_000;

    /// <summary>When the medium confirms nothing for so long, the publisher is replaced and what is unconfirmed is sent again.</summary>
    /// <value>Default 60 s; 1 s to 10 minutes.</value>
    public TimeSpan ConfirmTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Longest pause between two attempts after a failure; pauses grow from 200 ms and are jittered.</summary>
    /// <value>Default 15 s; 200 ms to 10 minutes.</value>
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How long the active layer may be silent, because it hangs or is cut off from the store, before another one on the same store, which stands by, takes over. One that ends is
    /// replaced within a second.
    /// </summary>
    /// <value>Default 10 s; 1 s to 10 minutes. The same for all layers of a store.</value>
    public TimeSpan TakeoverAfter { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Health fails when the source has not answered, or the oldest message has not been confirmed, for so long.</summary>
    /// <value>Default 30 s; 1 s to 1 hour.</value>
    public TimeSpan StuckAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often the figures of the meter <c>Strangler.AntiCorruption</c> are looked up, while somebody listens.</summary>
    /// <value>Default 5 s; 100 ms to 10 minutes.</value>
    public TimeSpan MetricsInterval { get; set; } = TimeSpan.FromSeconds(5);
}
