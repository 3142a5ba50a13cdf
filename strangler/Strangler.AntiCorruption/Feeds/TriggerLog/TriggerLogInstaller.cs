using System.Globalization;
using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Strangler.AntiCorruption;

/// <summary>Puts log and triggers into an SQLite source, keeps them right and takes them out again. Every step is one transaction of the source.</summary>
internal sealed partial class TriggerLogInstaller(SqliteConnection connection, string log, ILogger logger)
{
    private readonly TriggerLogSql sql = new(log);

    public SourceIdentity Install(IReadOnlyList<CapturedTable> captured, SourceCheckpoint? stored, GapPolicy onGap)
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        var tables = Read(captured);
        connection.Execute(sql.CreateLog, transaction: transaction);
        var id = connection.QueryFirstOrDefault<string>($"select id from {log}_source");
        var isNew = id is null;
        if (isNew)
        {
            id = NewId();
            connection.Execute($"insert into {log}_source (id, trimmed) values (@id, 0)", new { id }, transaction);
        }

        var newest = Newest();
        var gaps = stored is null ? [] : Gaps(stored, isNew ? "a new one" : id!, newest).Concat(LostTriggers()).ToList();
        if (gaps.Count > 0)
        {
            if (onGap == GapPolicy.Stop) throw new SourceGapException([.. gaps, Choices]);
            id = BeginAnew(newest);
        }

        InstallTriggers(tables);
        transaction.Commit();
        return new(id!, stored is null || gaps.Count > 0 ? (ulong)newest : stored.Position)
        {
            Shapes = [.. tables.Select(static table => new TableShape(table.Captured.Name, [.. table.Columns.Select(static column => KeyValuePair.Create(column, ""))]))],
            Gap = gaps,
        };
    }

    /// <summary>After a change of the schema: writes triggers anew whose table has other columns now.</summary>
    /// <exception cref="SourceGapException">A table lost its triggers, so changes of it may have gone unseen.</exception>
    public void Repair(IReadOnlyList<CapturedTable> captured)
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        var lost = LostTriggers().ToList();
        if (lost.Count > 0) throw new SourceGapException([.. lost, Choices]);

        InstallTriggers(Read(captured));
        transaction.Commit();
    }

    /// <summary>What the start would find; everything else of it is left undone. The lock keeps the look whole and is held for as long as the look takes.</summary>
    public IReadOnlyList<SourceFinding> Examine(IReadOnlyList<CapturedTable> captured, SourceCheckpoint? stored)
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        var looked = captured.Select(wanted => (Wanted: wanted, Table: TriggerLogTable.Read(connection, wanted))).ToList();
        var findings = looked.Select(static one => TriggerLogFindings.Of(one.Wanted, one.Table)).OfType<SourceFinding>().ToList();
        findings.AddRange(looked.Where(static one => one.Table is { HiddenUnique: true }).Select(static one => TriggerLogFindings.HiddenUnique(one.Wanted)));
        var exists = connection.ExecuteScalar<bool>("select exists (select 1 from sqlite_master where name = @log)", new { log = $"{log}_source" });
        if (stored is null) return findings;

        string[] gaps = exists
            ? [.. Gaps(stored, connection.QueryFirstOrDefault<string>($"select id from {log}_source") ?? "a new one", Newest()), .. LostTriggers()]
            : [$"The checkpoint belongs to change log '{stored.SourceId}', but this database has no log '{log}'."];
        return [.. findings, .. gaps.Select(static gap => new SourceFinding(FindingSeverity.Error, "gap", "checkpoint", gap) { Advice = Choices })];
    }

    public void Remove()
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        foreach (var name in Installed().Keys) connection.Execute($"drop trigger {TriggerLogSql.Quote(name)}", transaction: transaction);
        connection.Execute(sql.DropLog, transaction: transaction);
        transaction.Commit();
    }

    private const string Choices =
        "Bring back the database or store that fits; or begin anew with AntiCorruption:OnGap=Backfill, which reads every row again and takes back those that are gone.";

    private List<TriggerLogTable> Read(IReadOnlyList<CapturedTable> captured)
    {
        var (tables, problems) = (new List<TriggerLogTable>(), new List<string>());
        foreach (var wanted in captured)
        {
            var table = TriggerLogTable.Read(connection, wanted);
            if (TriggerLogFindings.Of(wanted, table) is { } problem) problems.Add(problem.ToString());
            else tables.Add(table!);
        }

        return problems.Count == 0 ? tables : throw new SourceRefusedException(problems);
    }

    private IEnumerable<string> Gaps(SourceCheckpoint stored, string id, long newest)
    {
        if (stored.SourceId != id) yield return $"The checkpoint belongs to change log '{stored.SourceId}', but the log of this database is {id}.";
        if (stored.Position > (ulong)newest) yield return $"The checkpoint is at change {stored.Position}, but the log ends at {newest}: the database is older than the store.";

        var trimmed = connection.ExecuteScalar<long>($"select trimmed from {log}_source");
        if (stored.Position < (ulong)trimmed) yield return $"The checkpoint is at change {stored.Position}, but the log begins after {trimmed}: the store is older than the database.";
    }

    private IEnumerable<string> LostTriggers()
    {
        var installed = Installed();
        foreach (var (name, expected) in Registered())
        {
            var found = installed.Keys.Count(trigger => trigger.StartsWith($"{log}_{name}_", StringComparison.OrdinalIgnoreCase));
            if (found < expected) yield return $"Table '{name}' lost its capture triggers ({found} of {expected} left), as when a table is rebuilt: changes of it may have gone unseen.";
        }
    }

    private string BeginAnew(long newest)
    {
        var id = NewId();
        connection.Execute($"update {log}_source set id = @id, trimmed = @newest", new { id, newest });
        connection.Execute($"delete from {log}");
        LogBegunAnew(id, newest);
        return id;
    }

    private void InstallTriggers(List<TriggerLogTable> tables)
    {
        var installed = Installed();
        var registered = Registered();
        var wanted = tables.SelectMany(table => sql.Triggers(table).Select(trigger => (Table: table.Captured.Name, trigger.Name, trigger.Text))).ToList();
        foreach (var name in installed.Keys.Except(wanted.Select(static trigger => trigger.Name)))
        {
            connection.Execute($"drop trigger {TriggerLogSql.Quote(name)}");
        }

        foreach (var table in wanted.GroupBy(static trigger => trigger.Table))
        {
            var changed = table.Where(trigger => installed.GetValueOrDefault(trigger.Name) != trigger.Text).ToList();
            if (changed.Count == 0) continue;
            foreach (var (_, name, text) in changed)
            {
                connection.Execute($"drop trigger if exists {TriggerLogSql.Quote(name)}");
                connection.Execute(text);
            }

            if (registered.ContainsKey(table.Key)) LogDrifted(table.Key);
            else LogInstalled(table.Key);
        }

        foreach (var hidden in tables.Where(static table => table.HiddenUnique)) LogHiddenUnique(hidden.Captured.Name);
        connection.Execute($"delete from {log}_tables");
        connection.Execute(
            $"insert into {log}_tables (name, triggers) values (@Name, @Triggers)",
            wanted.GroupBy(static trigger => trigger.Table).Select(static table => new { Name = table.Key, Triggers = table.Count() }));
    }

    private Dictionary<string, string> Installed() => connection
        .Query<(string Name, string Sql)>("select name, sql from sqlite_master where type = 'trigger' and substr(name, 1, @Length) = @Start",
            new { Start = log + "_", Length = log.Length + 1 })
        .ToDictionary(static trigger => trigger.Name, static trigger => trigger.Sql, StringComparer.OrdinalIgnoreCase);

    private Dictionary<string, long> Registered() => connection
        .Query<(string Name, long Triggers)>($"select name, triggers from {log}_tables")
        .ToDictionary(static table => table.Name, static table => table.Triggers, StringComparer.OrdinalIgnoreCase);

    private long Newest() => connection.ExecuteScalar<long?>($"select seq from sqlite_sequence where name = '{log}'") ?? 0;

    private static string NewId() => string.Create(CultureInfo.InvariantCulture, $"sqlite:{Guid.NewGuid():n}");

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "Changes of table {Table} are captured by triggers from now on")]
    private partial void LogInstalled(string table);

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "The columns of table {Table} changed; its capture triggers are written anew")]
    private partial void LogDrifted(string table);

    [LoggerMessage(EventId = 3, Level = LogLevel.Warning, Message = "Table {Table} has a unique index on an expression; rows that REPLACE removes because of it are not seen")]
    private partial void LogHiddenUnique(string table);

    [LoggerMessage(EventId = 4, Level = LogLevel.Warning, Message = "Capture begins anew as {Id} after change {Start}")]
    private partial void LogBegunAnew(string id, long start);
}
