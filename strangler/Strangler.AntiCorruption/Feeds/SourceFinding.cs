using System.Text;

namespace Strangler.AntiCorruption;

/// <summary>How much a finding matters.</summary>
public enum FindingSeverity
{
    /// <summary>Nothing to do, or capture does it by itself when it starts.</summary>
    Note,

    /// <summary>Capture works, and somebody will be sorry some day.</summary>
    Warning,

    /// <summary>Capture does not start as it is, or would harm the legacy.</summary>
    Error,
}

/// <summary>One thing that the doctor found at a source. Holds no value of any row.</summary>
/// <param name="Severity">How much it matters.</param>
/// <param name="Code">Short and stable, for scripts, for example <c>no-replica-identity</c>.</param>
/// <param name="Thing">What it is about, for example <c>table person</c>.</param>
/// <param name="Problem">What is the matter, as a sentence.</param>
public sealed record SourceFinding(FindingSeverity Severity, string Code, string Thing, string Problem)
{
    /// <summary>Statements that cure it, each whole, in their order, for a role that may; empty when no statement does.</summary>
    public IReadOnlyList<string> Cure { get; init; } = [];

    /// <summary>What to do besides or instead, as a sentence; null for nothing.</summary>
    public string? Advice { get; init; }

    /// <summary>True when capture itself executes <see cref="Cure"/> as it starts.</summary>
    public bool CuredAtStart { get; init; }

    /// <summary>The problem and everything against it, in one line.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(Problem);
        if (Cure.Count > 0) text.Replace('.', ':', text.Length - 1, 1).Append(' ').AppendJoin(' ', Cure);
        if (Advice is not null) text.Append(' ').Append(Advice);
        return text.ToString();
    }
}
