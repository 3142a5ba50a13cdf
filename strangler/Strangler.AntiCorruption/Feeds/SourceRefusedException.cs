namespace Strangler.AntiCorruption;

/// <summary>The source cannot be captured as it is.</summary>
public class SourceRefusedException : Exception
{
    /// <param name="problems">Every problem with its cure; at least one.</param>
    public SourceRefusedException(IReadOnlyList<string> problems)
        : base(string.Join(Environment.NewLine, problems)) => Problems = problems;

    /// <summary>Every problem with its cure.</summary>
    public IReadOnlyList<string> Problems { get; }
}

/// <summary>Changes after the stored checkpoint may be lost: the slot or the triggers are gone, moved on, or belong to another database.</summary>
/// <param name="problems">What was found, and the choices; at least one.</param>
public sealed class SourceGapException(IReadOnlyList<string> problems) : SourceRefusedException(problems);
