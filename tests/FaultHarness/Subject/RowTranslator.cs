using System.Globalization;
using Strangler.AntiCorruption;

namespace Strangler.Faults.Subject;

/// <summary>Tells a row as it is.</summary>
/// <param name="table">The table.</param>
/// <param name="needsBefore">Whether the source records whole old rows of it.</param>
/// <param name="source">
/// Begins the key of every message: scenarios share queues, and what one leaves behind in them, of a version that may be higher, is not to stand in the way of the next one's rows.
/// </param>
internal sealed class RowTranslator(string table, bool needsBefore, string source) : ITranslator
{
    public string Name => table;

    public string Table => table;

    public string KeyColumn => "id";

    public bool NeedsBefore => needsBefore;

    public IReadOnlyList<string> Columns => ["n", "note", "big"];

    public IReadOnlyList<string> Types => [RowWritten.Type, RowDeleted.Type];

    public Translation Translate(RowChange change) => new Translation.Published(change switch
    {
        { After: null } => [Deleted(change.Before!)],
        _ => [Written(change.After)],
    });

    private DomainMessage Written(SourceRow row)
    {
        var unchanged = row.IsUnchanged("big");
        return new(
            RowWritten.Type,
            $"{source}/{KeyOf(row)}",
            new RowWritten(KeyOf(row), long.Parse(row.Text("n")!, CultureInfo.InvariantCulture), row.Text("note"), unchanged ? null : row.Text("big"), unchanged),
            []);
    }

    private DomainMessage Deleted(SourceRow row) => new(RowDeleted.Type, $"{source}/{KeyOf(row)}", new RowDeleted(KeyOf(row)), []);

    private string KeyOf(SourceRow row) => $"{table}/{row.Text("id")}";
}
