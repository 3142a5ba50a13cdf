namespace Strangler.AntiCorruption.Tests;

/// <summary>
/// Of the table <c>person</c>. A name says what becomes of a row: <c>skip</c>, <c>refuse</c>, <c>throw</c>, <c>unknown-column</c>, <c>wrong-type</c>;
/// any other is published, in two majors; <c>hold</c> not before <see cref="Release"/>.
/// </summary>
public sealed class PersonTranslator : ITranslator, IDisposable
{
    private readonly ManualResetEventSlim released = new();

    public sealed record Person(string Name);

    public sealed record Gone;

    /// <summary>The rule that a test corrects between a refusal and its retry.</summary>
    public bool UnderstandsRefused { get; set; }

    /// <summary>The defect that a test corrects.</summary>
    public bool NoLongerThrows { get; set; }

    /// <summary>What legacy calls the name.</summary>
    public string NameColumn { get; init; } = "name";

    public string Name => "person";

    public IReadOnlyList<string>? Columns => [NameColumn];

    public string Table => "person";

    public string KeyColumn => "id";

    public bool NeedsBefore => false;

    public IReadOnlyList<string> Types => ["test.person.stated.v1", "test.person.stated.v2", "test.person.gone.v1"];

    public Translation Translate(RowChange change)
    {
        if (change is { Kind: ChangeKind.Delete, Before: { } gone }) return Published("test.person.gone.v1", gone, new Gone());
        var row = change.After!;
        if (row.Text(NameColumn) == "hold") released.Wait();
        return row.Text(NameColumn) switch
        {
            "skip" => new Translation.Skipped("not-wanted"),
            "refuse" when !UnderstandsRefused => new Translation.Quarantined("T1.refused", "The name cannot be understood."),
            "throw" when !NoLongerThrows => throw new InvalidOperationException($"secret {row.Text("note")}"),
            "unknown-column" => Published("test.person.stated.v1", row, new Person(row.Text("nowhere")!)),
            "wrong-type" => Published("test.person.unlisted.v1", row, new Gone()),
            var name => new Translation.Published([
                new("test.person.stated.v1", $"person/{row.Text("id")}", new Person(name ?? ""), []),
                new("test.person.stated.v2", $"person/{row.Text("id")}", new Person(name ?? ""), ["name.guessed"]),
            ]),
        };
    }

    /// <summary>Lets rows called <c>hold</c> through, and with them what waits behind.</summary>
    public void Release() => released.Set();

    public void Dispose() => released.Dispose();

    private static Translation.Published Published(string type, SourceRow row, object body) => new([new(type, $"person/{row.Text("id")}", body, [])]);
}
