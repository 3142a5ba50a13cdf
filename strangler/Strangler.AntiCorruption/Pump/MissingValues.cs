namespace Strangler.AntiCorruption;

/// <summary>
/// Whether a change lacks a large value that consumers may not have, because the key is new, the backfill has not told the row whole, or what held the value was refused. Then nothing
/// is told of the new row by this change, and the row is asked for by name (decision 55). Whatever tells it whole, or that it is gone, ends the waiting. Not thread-safe.
/// </summary>
/// <param name="translators">Which columns are read.</param>
/// <param name="waiting">Rows of which changes wait.</param>
/// <param name="backfills">Which tables were told whole.</param>
/// <param name="awaited">Rows that are asked for by name.</param>
internal sealed class MissingValues(TranslatorSet translators, WaitingRows waiting, Backfills backfills, AwaitedRows awaited)
{
    /// <param name="change">A change that comes now.</param>
    /// <param name="keyColumn">Of its table.</param>
    /// <param name="isWhole">True of a row that was read.</param>
    /// <param name="progress">Learns which rows are asked for, and which are not any more.</param>
    public bool Asks(RowChange change, string keyColumn, bool isWhole, SafeProgress progress)
    {
        isWhole |= change.Kind != ChangeKind.Update || change.After!.IsWhole(translators.ColumnsReadOf(change.Table));
        if (isWhole && awaited.IsEmpty) return false;

        var (moves, key) = (change.Moves(keyColumn), RowPlace.KeyOf(change.After ?? change.Before, keyColumn));
        if (moves) End(change.Table, RowPlace.KeyOf(change.Before, keyColumn), progress);
        if (isWhole)
        {
            End(change.Table, key, progress);
            return false;
        }

        var isUntold = backfills.Of(change.Table) is not { ToldWhole: true } || awaited.Contains(change.Table, key) || IsRefused(change.Table, key);
        if (!moves && !isUntold) return false;
        Begin(change.Table, key, progress);
        return true;
    }

    /// <summary>The same of a change that waited. What lacked a value when it came is asked for already.</summary>
    /// <param name="change">The change.</param>
    /// <param name="row">Its row.</param>
    /// <param name="keyColumn">Of its table.</param>
    /// <param name="progress">Learns which rows are asked for.</param>
    public bool AsksLate(RowChange change, RowPlace row, string keyColumn, SafeProgress progress)
    {
        if (change.Kind != ChangeKind.Update || change.After!.IsWhole(translators.ColumnsReadOf(change.Table))) return false;
        if (change.Moves(keyColumn) || awaited.Contains(row.Table, row.Key)) return true;
        // What held the value before was refused just now.
        if (!waiting.IsRefused(row.Translator, row.Table, row.Key)) return false;
        Begin(row.Table, row.Key, progress);
        return true;
    }

    /// <summary>True when a translator may have told nothing of the values that the row has.</summary>
    private bool IsRefused(string table, string key)
    {
        if (waiting.NoneIsRefused) return false;
        foreach (var translator in translators.Of(table))
        {
            if (waiting.IsRefused(translator.Name, table, key)) return true;
        }

        return false;
    }

    private void Begin(string table, string key, SafeProgress progress)
    {
        awaited.Add(table, key);
        progress.Awaited[(table, key)] = true;
    }

    private void End(string table, string key, SafeProgress progress)
    {
        if (awaited.Remove(table, key)) progress.Awaited[(table, key)] = false;
    }
}
