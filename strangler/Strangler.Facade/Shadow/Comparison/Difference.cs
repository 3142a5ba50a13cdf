namespace Strangler.Facade;

/// <summary>In what way the candidate's answer differs from legacy's at one place.</summary>
internal enum DifferenceKind
{
    /// <summary>Another value.</summary>
    Value,

    /// <summary>The same letters, some in another case.</summary>
    LetterCase,

    /// <summary>The same but for blanks and line ends.</summary>
    WhiteSpace,

    /// <summary>The same but for accents.</summary>
    Accents,

    /// <summary>Another kind of thing, e.g. a number in quotes.</summary>
    Type,

    /// <summary>Legacy has it, the candidate has not.</summary>
    Missing,

    /// <summary>The candidate has it, legacy has not.</summary>
    Extra,

    /// <summary>The same things in another order.</summary>
    Order,
}

/// <summary>One place at which two answers differ.</summary>
/// <param name="Field">Where, e.g. <c>status</c>, <c>header.location</c>, <c>body.items[].price</c>, <c>body/html/body/p/text()</c>. Holds no values: keys that look like ids are written <c>{}</c>.</param>
/// <param name="Kind">In what way.</param>
/// <param name="Legacy">What legacy says there, unmasked; null when it says nothing there.</param>
/// <param name="Candidate">What the candidate says there, unmasked; null when it says nothing there.</param>
internal sealed record Difference(string Field, DifferenceKind Kind, string? Legacy, string? Candidate)
{
    private static readonly string[] Words = ["value", "letter_case", "white_space", "accents", "type", "missing", "extra", "order"];

    /// <summary>How the kind is written in JSON and on the command line.</summary>
    public string Word => Words[(int)Kind];

    /// <summary>In how many places of the two answers: rows of one table share a field.</summary>
    public int Places { get; init; } = 1;

    // Values are personal data until masked.
    public override string ToString() => $"{Field} {Word}";
}
