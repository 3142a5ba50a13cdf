using Strangler.AntiCorruption;

namespace Strangler.Cli.Tests;

/// <summary>A name of <c>?</c> is refused until a person corrects the rule, a name of <c>-</c> is nobody, any other is published.</summary>
internal sealed class PersonTranslator : ITranslator
{
    public static readonly string[] Stated = ["test.person.stated.v1"];

    public bool UnderstandsQuestionMarks { get; set; }

    public string Name => "person";

    public string Table => "person";

    public string KeyColumn => "id";

    public bool NeedsBefore => false;

    public IReadOnlyList<string> Types => Stated;

    public Translation Translate(RowChange change) => (change.After ?? change.Before)!.Text("name") switch
    {
        "?" when !UnderstandsQuestionMarks => new Translation.Quarantined("T1.name", "The name cannot be understood."),
        "-" => new Translation.Skipped("nobody"),
        var name => new Translation.Published([new(Stated[0], $"person/{change.After?.Text("id")}", new { name }, [])]),
    };
}
