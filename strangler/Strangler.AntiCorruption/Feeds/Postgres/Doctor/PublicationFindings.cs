using Npgsql;

namespace Strangler.AntiCorruption;

/// <summary>
/// Whether the publication is what capture needs, and the statements that make it so. Capture executes them itself when its role owns what they
/// touch. Membership is changed table by table: what stays stays the same entry, by which a later start knows that nothing was missed.
/// </summary>
internal static class PublicationFindings
{
    private const string Everything = "publish = 'insert, update, delete, truncate', publish_via_partition_root = true";

    public static async Task<IReadOnlyList<SourceFinding>> OfAsync(
        NpgsqlConnection connection, string name, IReadOnlyList<PostgresTable> tables, PostgresRole role, CancellationToken cancellation)
    {
        var publication = await PostgresPublication.ReadAsync(connection, name, cancellation);
        return [.. publication is null ? Missing(name, tables, role) : Of(publication, name, tables)];
    }

    private static IEnumerable<SourceFinding> Missing(string name, IReadOnlyList<PostgresTable> tables, PostgresRole role)
    {
        if (tables.Count == 0) yield break;
        yield return Curable(
            "publication-missing", name, $"There is no publication '{name}'.", [$"create publication {PostgresSource.Quote(name)} for table {List(tables)} with ({Everything});"],
            byItself: role.MayCreate && tables.All(static table => table.MayAlter));
    }

    private static IEnumerable<SourceFinding> Of(PostgresPublication publication, string name, IReadOnlyList<PostgresTable> tables)
    {
        var alter = $"alter publication {PostgresSource.Quote(name)}";
        if (publication.AllTables || publication.Schemas.Length > 0)
        {
            var what = publication.AllTables ? "all tables" : $"all tables of schema {string.Join(", ", publication.Schemas)}";
            yield return new(FindingSeverity.Error, "publication-too-wide", Thing(name), $"Publication '{name}' is for {what}, which breaks updates of tables without a key.")
            {
                Cure = [$"drop publication {PostgresSource.Quote(name)};"],
            };
            yield break;
        }

        var lacking = tables.Where(table => publication.Members.All(member => member.Table != table.Oid)).ToList();
        var partial = tables.Where(table => publication.Members.Any(member => member.Table == table.Oid && member.IsPartial)).ToList();
        var foreign = publication.Members.Where(member => tables.All(table => table.Oid != member.Table)).Select(static member => member.Sql).ToList();
        if (lacking.Count > 0)
        {
            yield return Curable(
                "publication-lacks-table", name, $"Publication '{name}' lacks {Names(lacking)}.", [$"{alter} add table {List(lacking)};"],
                byItself: publication.MayAlter && lacking.TrueForAll(static table => table.MayAlter));
        }

        if (partial.Count > 0)
        {
            yield return Curable(
                "publication-partial", name, $"Publication '{name}' leaves out rows or columns of {Names(partial)}.", [$"{alter} drop table {List(partial)};", $"{alter} add table {List(partial)};"],
                byItself: publication.MayAlter && partial.TrueForAll(static table => table.MayAlter));
        }

        if (foreign.Count > 0)
        {
            var found = Curable(
                "publication-extra", name, $"Publication '{name}' also publishes {string.Join(", ", foreign)}, which nobody captures.", [$"{alter} drop table {string.Join(", ", foreign)};"],
                byItself: publication.MayAlter);
            yield return publication.MayAlter ? found : found with { Severity = FindingSeverity.Warning };
        }

        if (publication.LeavesOut.Length > 0)
        {
            yield return Curable(
                "publication-operations", name, $"Publication '{name}' does not publish {string.Join(", ", publication.LeavesOut)}.", [$"{alter} set ({Everything});"], publication.MayAlter);
        }
        else if (!publication.ViaRoot && tables.Any(static table => table.Kind == 'p'))
        {
            yield return Curable(
                "publication-partitions", name, $"Publication '{name}' names changes of a partitioned table by the partition.", [$"{alter} set ({Everything});"], publication.MayAlter);
        }
    }

    private static SourceFinding Curable(string code, string name, string problem, IReadOnlyList<string> cure, bool byItself) =>
        new(byItself ? FindingSeverity.Note : FindingSeverity.Error, code, Thing(name), problem) { Cure = cure, CuredAtStart = byItself };

    private static string Thing(string name) => $"publication {name}";

    private static string Names(IEnumerable<PostgresTable> tables) => string.Join(", ", tables.Select(static table => $"'{table.Captured.Name}'"));

    private static string List(IEnumerable<PostgresTable> tables) => string.Join(", ", tables.Select(static table => table.Sql).Distinct());
}
