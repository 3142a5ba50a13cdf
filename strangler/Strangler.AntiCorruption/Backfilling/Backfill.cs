namespace Strangler.AntiCorruption;

/// <summary>The backfill of one table.</summary>
internal sealed record Backfill
{
    /// <summary>It is read, or waits for its turn.</summary>
    public const string Running = "running";

    /// <summary>Its table was truncated; it begins when that is stored. Never in the store.</summary>
    public const string Beginning = "beginning";

    /// <summary>Every row was published; rows that earlier backfills saw and this one did not are looked at, and those that are gone are taken back.</summary>
    public const string Sweeping = "sweeping";

    /// <summary>A person holds it; it goes on where it stands.</summary>
    public const string Paused = "paused";

    /// <summary>The source refused; it goes on where it stands when a person says so.</summary>
    public const string Failed = "failed";

    /// <summary>A person ended it.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>Every row was published.</summary>
    public const string Complete = "complete";

    /// <summary>No translator reads the table any more; when one does again, its rows are read anew.</summary>
    public const string Left = "left";

    public required string Table { get; init; }

    /// <summary>Whether the backfill of the chunk ends with a look at the rows that it did not see: a first one has none, and one with a filter sees too few.</summary>
    public static bool Sweeps(BackfillChunk chunk) => chunk.Request.Generation > 1 && chunk.Request.Filter.Conditions.Count == 0;

    /// <summary>Every row of the table was told by it. One that reads some of the rows says nothing about the others, whatever was before it.</summary>
    public bool ToldWhole => State == Complete && Filter.Length == 0;

    /// <summary>Which backfill of the table it is, counted from 1.</summary>
    public int Generation { get; init; } = 1;

    public string State { get; init; } = Running;

    /// <summary>As <see cref="BackfillFilter.ToString"/> gives it.</summary>
    public string Filter { get; init; } = "";

    /// <summary>1 when <see cref="UpTo"/> and <see cref="RowsTotal"/> are known, as far as they can be; 0 before. A number, because SQLite has no truth values.</summary>
    public long Measured { get; init; }

    /// <summary>Key of the last row whose messages are confirmed; null before the first.</summary>
    public string? LastKey { get; init; }

    /// <summary>Key of the last row to read; null when there was none.</summary>
    public string? UpTo { get; init; }

    public long RowsDone { get; init; }

    /// <summary>About how many rows there are; null when unknown.</summary>
    public long? RowsTotal { get; init; }

    /// <summary>ISO 8601, UTC.</summary>
    public string StartedAt { get; init; } = "";

    /// <summary>ISO 8601, UTC; null while it runs or is paused.</summary>
    public string? EndedAt { get; init; }

    /// <summary>Why it failed, or what it tries to overcome; null when all is well.</summary>
    public string? Problem { get; init; }
}
