namespace Strangler.AntiCorruption;

/// <summary>
/// The rows of which changes wait, so that a row without costs no look into the store: those of which a change was refused, past which later ones go, and those that are
/// parked, behind which later ones queue. Of one run of the pump. Not thread-safe.
/// </summary>
/// <param name="refused">Rows of which a refused change waits.</param>
internal sealed class WaitingRows(IEnumerable<(string Translator, string Table, string Key)> refused)
{
    private readonly HashSet<(string Translator, string Table, string Key)> refused = [.. refused];
    private readonly Dictionary<(string Translator, string Table, string Key), string> parked = [];

    public bool NoneIsRefused => refused.Count == 0;

    public bool NoneIsParked => parked.Count == 0;

    public void Refuse(string translator, string table, string key) => refused.Add((translator, table, key));

    /// <returns>False when no refused change of it waits.</returns>
    public bool Settle(string translator, string table, string key) => refused.Remove((translator, table, key));

    public bool IsRefused(string translator, string table, string key) => refused.Contains((translator, table, key));

    /// <summary>Parks a row, under both its keys when the change moves it. A key that is parked already stays behind what it is behind.</summary>
    /// <param name="change">The change.</param>
    /// <param name="first">The change that threw.</param>
    public void Park(RowPlace change, string first)
    {
        parked.TryAdd((change.Translator, change.Table, change.Key), first);
        if (change.OldKey is { } old) parked.TryAdd((change.Translator, change.Table, old), first);
    }

    /// <summary>The change behind which this one has to wait; null when its row is not parked, under neither of its keys.</summary>
    public string? FirstOf(RowPlace change) =>
        parked.TryGetValue((change.Translator, change.Table, change.Key), out var first) || (change.OldKey is { } old && parked.TryGetValue((change.Translator, change.Table, old), out first))
            ? first
            : null;
}

/// <summary>What one translator knows a row by.</summary>
/// <param name="Translator">The translator.</param>
/// <param name="Table">The table.</param>
/// <param name="Key">The row's key; empty when the change does not say it.</param>
/// <param name="OldKey">The key that it had before the change; null when that is the same.</param>
internal readonly record struct RowPlace(string Translator, string Table, string Key, string? OldKey)
{
    public static RowPlace Of(ITranslator translator, RowChange change)
    {
        var key = KeyOf(change.After ?? change.Before, translator.KeyColumn);
        return new(translator.Name, change.Table, key, change.Moves(translator.KeyColumn) ? KeyOf(change.Before, translator.KeyColumn) : null);
    }

    public static string KeyOf(SourceRow? row, string column) =>
        row is not null && row.Has(column) && !row.IsUnchanged(column) ? row.Text(column) ?? "" : "";
}
