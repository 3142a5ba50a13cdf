namespace Strangler.AntiCorruption;

/// <summary>The SQL that capture puts into an SQLite source.</summary>
/// <param name="log">First part of every name.</param>
internal sealed class TriggerLogSql(string log)
{
    // A JSON function takes at most 127 arguments (SQLITE_MAX_FUNCTION_ARG): a wide row is several objects side by side.
    private const int ColumnsPerObject = 60;

    public string CreateLog =>
        $"""
        create table if not exists {log} (
            id integer primary key autoincrement, tbl text not null, op text not null,
            at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')), old text, new text);
        create table if not exists {log}_replaced (tbl text not null, key not null, image text not null, primary key (tbl, key)) without rowid;
        create table if not exists {log}_tables (name text primary key, triggers integer not null) without rowid;
        create table if not exists {log}_source (id text not null, trimmed integer not null);
        """;

    public string DropLog => $"drop table if exists {log}_replaced; drop table if exists {log}_tables; drop table if exists {log}_source; drop table if exists {log};";

    /// <summary>Name and text of each trigger of the table. The text is compared with what the source holds: any difference is drift.</summary>
    public IReadOnlyList<(string Name, string Text)> Triggers(TriggerLogTable table)
    {
        var name = table.Captured.Name;
        var key = table.Captured.KeyColumn;
        var (quoted, literal) = (Quote(name), Literal(name));
        var oldImage = table.Captured.NeedsBefore ? Image("old", table.Columns) : KeyImage("old", table);
        var updateBefore = table.Captured.NeedsBefore || key.Length == 0
            ? oldImage
            : $"case when old.{Quote(key)} is not new.{Quote(key)} then {oldImage} end";
        var triggers = new List<(string, string)>
        {
            Trigger("deleted", $"after delete on {quoted}",
                (key.Length == 0 ? "" : $"delete from {log}_replaced where tbl = {literal} and key = old.{Quote(key)}; ")
                + $"insert into {log} (tbl, op, old) values ({literal}, 'D', {oldImage});"),
            Trigger("inserted", $"after insert on {quoted}",
                LogReplaced(table, "") + $"insert into {log} (tbl, op, new) values ({literal}, 'I', {Image("new", table.Columns)});"),
            Trigger("updated", $"after update on {quoted}",
                LogReplaced(table, $" and new.{Quote(key)} is not old.{Quote(key)}") + $"insert into {log} (tbl, op, old, new) values ({literal}, 'U', {updateBefore}, {Image("new", table.Columns)});"),
        };
        if (key.Length > 0 && table.UniqueSets.Count > 0)
        {
            var unique = table.UniqueSets.SelectMany(static set => set).Append(key).Distinct(StringComparer.OrdinalIgnoreCase).Select(Quote);
            triggers.Add(Trigger("inserting", $"before insert on {quoted}", RememberReplaced(table, notItself: "")));
            triggers.Add(Trigger("updating", $"before update of {string.Join(", ", unique)} on {quoted}",
                RememberReplaced(table, notItself: $" and x.{Quote(key)} is not old.{Quote(key)}")));
        }

        return triggers;

        (string, string) Trigger(string suffix, string when, string body)
        {
            var triggerName = $"{log}_{name}_{suffix}";
            return (triggerName, $"CREATE TRIGGER {Quote(triggerName)} {when} begin {body} end");
        }
    }

    /// <summary>The row as text: the same expression in a trigger and in a backfill, so that both print a value the same way.</summary>
    public static string Image(string row, IReadOnlyList<string> columns) => string.Join(" || ", columns.Chunk(ColumnsPerObject).Select(chunk =>
        $"json_object({string.Join(", ", chunk.Select(column => $"{Literal(column)}, {Text($"{row}.{Quote(column)}")}"))})"));

    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>One value as an image has it. 15 digits, as SQLite prints a real, unless they lose the value.</summary>
    public static string Text(string value) =>
        $@"case typeof({value}) when 'blob' then '\x' || lower(hex({value})) when 'real' then case when cast(cast({value} as text) as real) = {value} then cast({value} as text) else printf('%!.17g', {value}) end else cast({value} as text) end";

    private static string KeyImage(string row, TriggerLogTable table) =>
        Image(row, table.Captured.KeyColumn.Length > 0 ? [table.Captured.KeyColumn] : table.Columns);

    // REPLACE removes the rows in its way without any delete trigger, unless the writer's connection has recursive_triggers on
    // (https://www.sqlite.org/lang_conflict.html). So rows that may be in the way are remembered before the write and logged as deleted
    // after it, if they are gone. A write that is ignored leaves memories of rows that still exist, which count for nothing.
    private string RememberReplaced(TriggerLogTable table, string notItself)
    {
        var (key, literal) = (Quote(table.Captured.KeyColumn), Literal(table.Captured.Name));
        var inTheWay = string.Join(" or ", table.UniqueSets.Select(set =>
            $"({string.Join(" and ", set.Select(column => $"x.{Quote(column)} = new.{Quote(column)}"))})"));
        var image = table.Captured.NeedsBefore ? Image("x", table.Columns) : KeyImage("x", table);
        return $"delete from {log}_replaced where tbl = {literal}; "
            + $"insert into {log}_replaced (tbl, key, image) select {literal}, x.{key}, {image} from {Quote(table.Captured.Name)} as x where ({inTheWay}){notItself} and x.{key} is not null;";
    }

    private string LogReplaced(TriggerLogTable table, string keyChanged)
    {
        if (table.Captured.KeyColumn.Length == 0 || table.UniqueSets.Count == 0) return "";
        var (key, literal) = (Quote(table.Captured.KeyColumn), Literal(table.Captured.Name));
        return $"insert into {log} (tbl, op, old) select {literal}, 'D', r.image from {log}_replaced as r where r.tbl = {literal} "
            + $"and ((r.key is new.{key}{keyChanged}) or not exists (select 1 from {Quote(table.Captured.Name)} as x where x.{key} = r.key)); "
            + $"delete from {log}_replaced where tbl = {literal}; ";
    }
}
