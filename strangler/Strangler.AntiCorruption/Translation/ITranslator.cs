namespace Strangler.AntiCorruption;

/// <summary>
/// Turns changes of legacy rows into domain messages. Written by the team that knows the legacy; pure and total: no I/O, no clock,
/// the same change always gives the same translation.
/// </summary>
public interface ITranslator
{
    /// <summary>Short stable name for counts, logs and the quarantine, for example <c>patient</c>. Unique in a host.</summary>
    string Name { get; }

    /// <summary>The legacy table it reads.</summary>
    string Table { get; }

    /// <summary>Name of the table's single key column.</summary>
    string KeyColumn { get; }

    /// <summary>
    /// True when it compares <see cref="RowChange.Before"/>; the source is then asked to record whole old rows. To be true also of a translator that skips rows which it tells later, when an
    /// update has made them worth it, and reads columns with large values (kilobytes): an update does not bring those that it left alone, and nobody downstream has them (decision 55).
    /// </summary>
    bool NeedsBefore { get; }

    /// <summary>
    /// The columns that it reads besides <see cref="KeyColumn"/>: when one of them is dropped, renamed or gets another type, its table stops before a wrong
    /// message is made (<see cref="ShapePolicy"/>). Null, which is the default, for every column that was there.
    /// </summary>
    IReadOnlyList<string>? Columns => null;

    /// <summary>Every wire name it may publish.</summary>
    IReadOnlyList<string> Types { get; }

    /// <summary>
    /// Translates one change. Exactly one of the three outcomes of <see cref="Translation"/>. A row that changed its key comes twice, as a delete of the old and an insert of
    /// the new one, and both together count as one change; so an update always leaves the key alone. What it cannot read it refuses; when it throws, it parks the row: later changes of it
    /// wait until a corrected translator starts, or somebody retries. Asking the row for a column that it lacks (<see cref="SourceColumnException"/>) counts as a refusal.
    /// </summary>
    Translation Translate(RowChange change);

    /// <summary>
    /// Translates the end of a row that nobody saw end: changes were lost, and a backfill found that the row is gone or that nothing can be told of it
    /// any more. What it told before is not known. Left out, it is translated as the delete that it is.
    /// </summary>
    /// <param name="gone">A delete whose <see cref="RowChange.Before"/> holds the key column alone, whatever <see cref="NeedsBefore"/> says.</param>
    /// <returns>Messages after which consumers hold nothing of the row; they may name what consumers never heard of.</returns>
    Translation TakeBack(RowChange gone) => Translate(gone);
}
