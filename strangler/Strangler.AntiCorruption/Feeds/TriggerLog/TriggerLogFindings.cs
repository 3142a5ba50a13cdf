namespace Strangler.AntiCorruption;

/// <summary>What the doctor says of a table of an SQLite source.</summary>
internal static class TriggerLogFindings
{
    /// <summary>Why the table cannot be captured; null when it can.</summary>
    /// <param name="wanted">What was asked for.</param>
    /// <param name="table">What is there; null for nothing.</param>
    public static SourceFinding? Of(CapturedTable wanted, TriggerLogTable? table)
    {
        if (table is null) return Error(wanted, "no-table", $"There is no table '{wanted.Name}'.") with { Advice = "Correct its name, or create it." };
        if (wanted.KeyColumn.Length == 0) return null;
        if (!table.Columns.Contains(wanted.KeyColumn, StringComparer.OrdinalIgnoreCase))
        {
            return Error(wanted, "no-key-column", $"Table '{wanted.Name}' has no column '{wanted.KeyColumn}'; it has {string.Join(", ", table.Columns)}.");
        }

        return table.KeyIsUnique ? null : Error(wanted, "key-not-unique", $"Column '{wanted.KeyColumn}' of table '{wanted.Name}' is not unique.") with
        {
            Cure = [$"create unique index {TriggerLogSql.Quote($"{wanted.Name}_{wanted.KeyColumn}")} on {TriggerLogSql.Quote(wanted.Name)} ({TriggerLogSql.Quote(wanted.KeyColumn)});"],
        };
    }

    public static SourceFinding HiddenUnique(CapturedTable table) => new(
        FindingSeverity.Warning, "hidden-unique", $"table {table.Name}", $"Table '{table.Name}' has a unique index on an expression; rows that REPLACE removes because of it are not seen.");

    private static SourceFinding Error(CapturedTable table, string code, string problem) => new(FindingSeverity.Error, code, $"table {table.Name}", problem);
}
