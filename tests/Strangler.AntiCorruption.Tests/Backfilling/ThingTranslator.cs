namespace Strangler.AntiCorruption.Tests;

/// <summary>Of the table <c>thing</c>, whole old rows: tells a row once, and skips a change of the column that no message carries.</summary>
public sealed class ThingTranslator : ITranslator
{
    public sealed record Thing(string? Label, string? Large);

    public sealed record Gone;

    public string Name => "thing";

    public string Table => "thing";

    public string KeyColumn => "id";

    public bool NeedsBefore => true;

    public IReadOnlyList<string> Types => ["test.thing.stated.v1", "test.thing.gone.v1"];

    public Translation Translate(RowChange change) => change switch
    {
        { Kind: ChangeKind.Delete, Before: { } was } => new Translation.Published([Ended(was)]),
        { Kind: ChangeKind.Update, Before: { } was, After: { } now } when Of(was) == Of(now) => new Translation.Skipped("no-message-carries-it"),
        _ => new Translation.Published([Stated(change.After!)]),
    };

    private static Thing Of(SourceRow row) => new(row.Text("label"), row.Text("large"));

    private static DomainMessage Stated(SourceRow row) => new("test.thing.stated.v1", $"thing/{row.Text("id")}", Of(row), []);

    private static DomainMessage Ended(SourceRow row) => new("test.thing.gone.v1", $"thing/{row.Text("id")}", new Gone(), []);
}

/// <summary>
/// Of the table <c>sheet</c>, new rows alone: says so when a large value did not change, and the consumer keeps the one it has. A label below 0 is refused; at -1 it throws until that
/// is corrected.
/// </summary>
public sealed class SheetTranslator : ITranslator
{
    public sealed record Sheet(string? Label, string? Large, bool LargeIsUnchanged);

    public bool NoLongerThrows { get; set; }

    public string Name => "sheet";

    public string Table => "sheet";

    public string KeyColumn => "id";

    public bool NeedsBefore => false;

    public IReadOnlyList<string> Types => ["test.sheet.stated.v1", "test.sheet.gone.v1"];

    public Translation Translate(RowChange change)
    {
        if (change is { Kind: ChangeKind.Delete, Before: { } gone }) return new Translation.Published([Gone(gone)]);
        var row = change.After!;
        var label = row.Text("label")!;
        if (label == "-1" && !NoLongerThrows) throw new InvalidOperationException("A label of -1.");
        if (label[0] == '-') return new Translation.Quarantined("T2.label", "The label is below 0.");
        var unchanged = row.IsUnchanged("large");
        return new Translation.Published([Message("test.sheet.stated.v1", row, new Sheet(label, unchanged ? null : row.Text("large"), unchanged))]);
    }

    private static DomainMessage Gone(SourceRow row) => Message("test.sheet.gone.v1", row, new ThingTranslator.Gone());

    private static DomainMessage Message(string type, SourceRow row, object body) => new(type, $"sheet/{row.Text("id")}", body, []);
}
