namespace Strangler.AntiCorruption;

/// <summary>The backfill of one table as people see it.</summary>
/// <param name="Table">The table.</param>
/// <param name="State"><c>running</c>, <c>paused</c>, <c>failed</c>, <c>cancelled</c>, <c>complete</c> or <c>left</c> (no translator reads it any more).</param>
/// <param name="Generation">Which backfill of the table it is, counted from 1.</param>
/// <param name="Filter">Which rows it reads; empty for all.</param>
/// <param name="Rows">Rows whose messages are confirmed.</param>
/// <param name="Total">About how many there are; null when unknown.</param>
/// <param name="RowsPerSecond">Mean since it goes on; null while it is not its turn.</param>
/// <param name="SecondsLeft">At that rate; null when unknown.</param>
/// <param name="StartedAt">When it was begun.</param>
/// <param name="CompletedAt">When its last row was confirmed; null before.</param>
/// <param name="Problem">Why it failed, or what it tries to overcome; null when all is well.</param>
internal sealed record BackfillReport(
    string Table, string State, int Generation, string Filter, long Rows, long? Total, double? RowsPerSecond, double? SecondsLeft, string StartedAt,
    string? CompletedAt, string? Problem)
{
    /// <param name="table">The backfill.</param>
    /// <param name="running">The one that is at work; null when none is.</param>
    /// <param name="held">Why the changes of the table wait, and its rows with them; null while they flow.</param>
    public static BackfillReport Of(Backfill table, BackfillState? running, string? held = null)
    {
        var now = running?.Table == table.Table && table.State == Backfill.Running ? running : null;
        return new(
            table.Table, table.State, table.Generation, table.Filter, table.RowsDone, table.RowsTotal, now is null ? null : Math.Round(now.RowsPerSecond, 1),
            now?.TimeLeft is { } left ? Math.Round(left.TotalSeconds, 1) : null, table.StartedAt, table.State == Backfill.Complete ? table.EndedAt : null, table.Problem ?? held);
    }
}
