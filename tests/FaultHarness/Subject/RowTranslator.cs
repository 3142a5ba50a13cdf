using System.Globalization;
using Strangler.AntiCorruption;

namespace Strangler.Faults.Subject;

/// <summary>Tells a row as it is.</summary>
internal sealed class RowTranslator(string table, bool needsBefore) : ITranslator
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
            KeyOf(row),
            new RowWritten(KeyOf(row), long.Parse(row.Text("n")!, CultureInfo.InvariantCulture), row.Text("note"), unchanged ? null : row.Text("big"), unchanged),
            []);
    }

    private DomainMessage Deleted(SourceRow row) => new(RowDeleted.Type, KeyOf(row), new RowDeleted(KeyOf(row)), []);

    private string KeyOf(SourceRow row) => $"{table}/{row.Text("id")}";
}
