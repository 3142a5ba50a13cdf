using System.ComponentModel.DataAnnotations;

namespace Strangler.AntiCorruption;

/// <summary>How a <see cref="TriggerLogFeed"/> captures.</summary>
public sealed class TriggerLogOptions
{
    /// <summary>First part of the names of everything that capture puts into the source: tables <c>NAME</c>, <c>NAME_source</c>, <c>NAME_tables</c>,
    /// <c>NAME_replaced</c> and triggers <c>NAME_TABLE_…</c>.</summary>
    /// <value>Default <c>strangler_log</c>; lower-case letters, digits and underscores, at most 40.</value>
    [RegularExpression("^[a-z][a-z0-9_]{0,39}$")]
    public string LogName { get; set; } = "strangler_log";

    /// <summary>How often the source is asked whether anything was committed. The question reads one number and no row.</summary>
    /// <value>Default 50 ms; 1 ms to 1 minute.</value>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How often rows that are no longer needed are deleted from the log, a few thousand at a time, so that the legacy's writers never wait long.</summary>
    /// <value>Default 1 s; 10 ms to 1 hour.</value>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan TrimInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Rows of the log read at once.</summary>
    /// <value>Default 2,000; 1 to 100,000.</value>
    [Range(1, 100_000)]
    public int PartChanges { get; set; } = 2_000;
}
