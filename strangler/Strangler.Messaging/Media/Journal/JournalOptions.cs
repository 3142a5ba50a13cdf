namespace Strangler.Messaging;

/// <summary>What a publishing host does while the broker is away for long. Section <c>Messaging:Journal</c>.</summary>
public sealed class JournalOptions
{
    /// <summary>Folder on a local disk where messages wait while the broker cannot be reached, so that the source may forget them.</summary>
    /// <value>Default null: nothing is kept, publishing waits, and the source keeps its changes (PostgreSQL: in its log, by the slot). One process a folder.</value>
    public string? Folder { get; set; }

    /// <summary>Most bytes of it. When it is full, publishing waits as without a journal.</summary>
    /// <value>Default 1 GiB; 1 MiB to 1 TiB.</value>
    public long MaxBytes { get; set; } = 1L << 30;

    /// <summary>How long the broker must be out of reach before messages go to the journal.</summary>
    /// <value>Default 30 s; 0 to 1 hour.</value>
    public TimeSpan After { get; set; } = TimeSpan.FromSeconds(30);
}
