namespace Strangler.AntiCorruption.Tests;

/// <summary>Of the table <c>contract</c>: says the old state with the new one, so it needs whole old rows.</summary>
public sealed class ContractTranslator : ITranslator
{
    public sealed record Moved(string? From, string? To);

    /// <summary>Whether it knows how a row is taken back of which only the key is known.</summary>
    public bool UnderstandsGone { get; set; }

    public string Name => "contract";

    public string Table => "contract";

    public string KeyColumn => "id";

    public bool NeedsBefore => true;

    public IReadOnlyList<string> Types => ["test.contract.moved.v1"];

    public Translation Translate(RowChange change) => new Translation.Published(
    [
        new(Types[0], $"contract/{(change.After ?? change.Before)!.Text("id")}", new Moved(change.Before?.Text("state"), change.After?.Text("state")), []),
    ]);

    Translation ITranslator.TakeBack(RowChange gone) =>
        UnderstandsGone ? new Translation.Published([new(Types[0], $"contract/{gone.Before!.Text("id")}", new Moved(null, null), [])]) : Translate(gone);
}
