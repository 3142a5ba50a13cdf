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

/// <summary>A captured table was truncated. No row says which rows are gone, so the feed stops instead of passing over it.</summary>
/// <param name="tables">The truncated tables.</param>
/// <param name="position">Commit position of the truncate, as the source prints it.</param>
/// <param name="cure">The choices.</param>
public sealed class SourceTruncatedException(IReadOnlyList<string> tables, string position, string cure)
    : SourceRefusedException([$"Table {string.Join(", ", tables)} was truncated at {position}: which rows are gone is not known. {cure}"])
{
    /// <summary>The truncated tables.</summary>
    public IReadOnlyList<string> Tables { get; } = tables;

    /// <summary>Commit position of the truncate, as the source prints it.</summary>
    public string Position { get; } = position;
}
