namespace Strangler.AntiCorruption;

/// <summary>
/// What one table must be. A published table without a usable replica identity makes the legacy's own UPDATE and DELETE fail (PostgreSQL manual,
/// "Publication"), so such a table is refused before it is published.
/// </summary>
internal static class TableFindings
{
    public static SourceFinding Missing(CapturedTable table) =>
        new(FindingSeverity.Error, "no-table", Thing(table), $"There is no table '{table.Name}'.") { Advice = "Correct its name, or create it." };

    public static IEnumerable<SourceFinding> Of(PostgresTable table, PostgresRole role) =>
        Kind(table) is { } unfit ? [unfit] : [.. Grants(table, role), .. Key(table), .. Identity(table), .. Peculiarities(table)];

    private static SourceFinding? Kind(PostgresTable table)
    {
        var name = table.Captured.Name;
        return (table.Kind, table.Persistence) switch
        {
            ('f', _) => Error(table, "foreign", $"Table '{name}' is a foreign table: its changes are in another server's log.") with { Advice = "Capture it there." },
            ('v' or 'm', _) => Error(table, "view", $"'{name}' is a view, which has no changes of its own.") with { Advice = "Capture the tables that it reads." },
            (_, 'u') => Error(table, "unlogged", $"Table '{name}' is unlogged: its changes are in no log.") with { Cure = [$"alter table {table.Sql} set logged;"] },
            (_, 't') => Error(table, "temporary", $"Table '{name}' is temporary: its changes are in no log."),
            _ => null,
        };
    }

    private static IEnumerable<SourceFinding> Grants(PostgresTable table, PostgresRole role)
    {
        var name = table.Captured.Name;
        if (!table.MayUseSchema)
        {
            yield return Error(table, "no-usage", $"Schema '{table.Schema}' of table '{name}' may not be used by this role.") with { Cure = [$"grant usage on schema {PostgresSource.Quote(table.Schema)} to {role.Quoted};"] };
        }

        if (!table.MayRead)
        {
            yield return Error(table, "no-select", $"Table '{name}' may not be read by this role.") with { Cure = [$"grant select on {table.Sql} to {role.Quoted};"] };
        }
        else if (table.HidesRows)
        {
            yield return Error(table, "row-security", $"Row security hides rows of table '{name}' from this role: a backfill would miss them.") with { Cure = [$"alter role {role.Quoted} bypassrls;"] };
        }
    }

    private static IEnumerable<SourceFinding> Key(PostgresTable table)
    {
        var (name, key) = (table.Captured.Name, table.Captured.KeyColumn);
        if (key.Length == 0) yield break;
        if (!table.Columns.Contains(key))
        {
            yield return Error(table, "no-key-column", $"Table '{name}' has no column '{key}'; it has {string.Join(", ", table.Columns)}.");
        }
        else if (!table.UniqueColumns.Contains(key))
        {
            yield return Error(table, "key-not-unique", $"Column '{key}' of table '{name}' is not unique, so it cannot be its key.") with
            {
                Cure = [$"create unique index concurrently on {table.Sql} ({PostgresSource.Quote(key)});"],
            };
        }
    }

    private static IEnumerable<SourceFinding> Identity(PostgresTable table)
    {
        var name = table.Captured.Name;
        if (table.Captured.NeedsBefore && table.WithoutOldRows.Length > 0)
        {
            yield return new(table.MayAlter ? FindingSeverity.Note : FindingSeverity.Error, "no-old-rows", Thing(table.Captured), $"Table '{name}' does not record whole old rows, which its translator compares.")
            {
                Cure = FullIdentity(table.WithoutOldRows),
                CuredAtStart = table.MayAlter,
            };
        }
        else if (!table.Captured.NeedsBefore && table.WithoutIdentity.Length > 0)
        {
            // Not cured at the start: whole old rows cost the legacy log, so its people decide.
            yield return Error(table, "no-replica-identity", $"Table '{name}' has no usable replica identity; published, its updates and deletes would fail.") with
            {
                Cure = FullIdentity(table.WithoutIdentity),
                Advice = "A primary key would do as well.",
            };
        }
        else if (!table.Captured.NeedsBefore && table.KeyIdentity.Length > 0 && table.Columns.Contains(table.Captured.KeyColumn))
        {
            yield return Error(table, "key-not-in-identity", $"Column '{table.Captured.KeyColumn}' of table '{name}' is not in its replica identity: a delete, or another key, would not say which row it was.") with
            {
                Cure = table.KeyIdentity,
            };
        }
    }

    private static IEnumerable<SourceFinding> Peculiarities(PostgresTable table)
    {
        var name = table.Captured.Name;
        if (table.Parent is { } parent)
        {
            yield return Warning(table, "partition", $"Table '{name}' is one partition of '{parent}'; rows in the others are not captured.") with { Advice = $"Capture '{parent}' if they matter." };
        }

        if (table.Heirs.Length > 0)
        {
            yield return Warning(table, "heirs", $"Other tables inherit from table '{name}' ({string.Join(", ", table.Heirs)}); their changes come under their own names, a backfill of '{name}' reads their rows too.");
        }

        if (table.GeneratedColumns.Length > 0)
        {
            yield return new(FindingSeverity.Note, "generated", Thing(table.Captured), $"Generated columns of table '{name}' are not replicated ({string.Join(", ", table.GeneratedColumns)}): its translator does not see them.");
        }
    }

    private static string[] FullIdentity(string[] tables) => [.. tables.Select(static table => $"alter table {table} replica identity full;")];

    private static SourceFinding Error(PostgresTable table, string code, string problem) => new(FindingSeverity.Error, code, Thing(table.Captured), problem);

    private static SourceFinding Warning(PostgresTable table, string code, string problem) => new(FindingSeverity.Warning, code, Thing(table.Captured), problem);

    private static string Thing(CapturedTable table) => $"table {table.Name}";
}
