using Strangler.AntiCorruption;

namespace Strangler.Cli.Tests;

/// <summary>A name of <c>?</c> is refused until a person corrects the rule, one of <c>!</c> makes it throw until then, a name of <c>-</c> is nobody, any other is published.</summary>
internal sealed class PersonTranslator : ITranslator, IDisposable
{
    public static readonly string[] Stated = ["test.person.stated.v1"];

    private readonly ManualResetEventSlim open = new(initialState: true);

    public bool UnderstandsQuestionMarks { get; set; }

    /// <summary>While it is set, no row gets through: what a command says of work under way can then be asked for at leisure.</summary>
    public bool Holds
    {
        set
        {
            if (value) open.Reset();
            else open.Set();
        }
    }

    public string Name => "person";

    public string Table => "person";

    public string KeyColumn => "id";

    public bool NeedsBefore => false;

    public IReadOnlyList<string> Types => Stated;

    public Translation Translate(RowChange change)
    {
        open.Wait();
        return (change.After ?? change.Before)!.Text("name") switch
        {
            "?" when !UnderstandsQuestionMarks => new Translation.Quarantined("T1.name", "The name cannot be understood."),
            "!" when !UnderstandsQuestionMarks => throw new InvalidOperationException("A name of !."),
            "-" => new Translation.Skipped("nobody"),
            var name => new Translation.Published([new(Stated[0], $"person/{change.After?.Text("id")}", new { name }, [])]),
        };
    }

    public void Dispose() => open.Dispose();
}
