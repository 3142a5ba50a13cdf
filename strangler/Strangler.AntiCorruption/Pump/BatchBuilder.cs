
namespace Strangler.AntiCorruption;

/// <summary>
/// Translates changes into the batch at hand. Counts of a transaction count when it ends; its messages and refusals go out as they come.
/// Not thread-safe.
/// </summary>
/// <param name="translators">Who translates.</param>
/// <param name="builder">Makes envelopes.</param>
/// <param name="open">Rows with refused changes.</param>
internal sealed class BatchBuilder(TranslatorSet translators, MessageBuilder builder, OpenQuarantine open)
{
    private readonly Tally transaction = new();
    private Batch batch = new();

    public int Messages => batch.Messages.Count;

    public void Add(SourceTransaction part)
    {
        foreach (var change in part.Changes) Add(change);
        if (part.EndsTransaction) EndTransaction(part.Position, part.CommittedAt);
    }

    public void Add(RowChange change)
    {
        foreach (var translator in translators.Of(change.Table))
        {
            var translation = ChangeTranslation.Of(translator, change, builder);
            batch.Messages.AddRange(translation.Messages);
            transaction.Add(new TallyKey(translator.Name, TallyKey.In, ""));
            transaction.Add(new TallyKey(translator.Name, translation.Outcome, translation.Code));
            if (translation.Outcome == TallyKey.Quarantined) Quarantine(translator, translation, change);
            else if (translation.Outcome == TallyKey.Published || change.Kind == ChangeKind.Delete) Supersede(translator, change);
        }
    }

    /// <summary>Takes the batch and begins another. Counts of the rows of a backfill chunk, which is no transaction, are in it when <paramref name="withCounts"/>.</summary>
    public Batch Take(bool withCounts = false)
    {
        if (withCounts)
        {
            batch.Progress.Tally.Add(transaction);
            transaction.Clear();
        }

        var taken = batch;
        batch = new();
        return taken;
    }

    private void EndTransaction(ulong position, DateTimeOffset committedAt)
    {
        batch.Progress.EndTransaction(position, committedAt, transaction);
        transaction.Clear();
    }

    private void Quarantine(ITranslator translator, ChangeTranslation translation, RowChange change)
    {
        var key = KeyOf(change.After ?? change.Before, translator.KeyColumn);
        batch.Progress.Quarantined.Add(new(translator.Name, key, translation.Code, translation.Reason, change));
        open.Add(translator.Name, change.Table, key);
    }

    private void Supersede(ITranslator translator, RowChange change)
    {
        if (open.IsEmpty) return;
        var keys = new[] { change.Before, change.After }.Where(static row => row is not null).Select(row => KeyOf(row, translator.KeyColumn)).Distinct();
        foreach (var key in keys.Where(key => open.Remove(translator.Name, change.Table, key)))
        {
            batch.Progress.Superseding.Add(new(translator.Name, change.Table, key, change.Version));
        }
    }

    private static string KeyOf(SourceRow? row, string column) =>
        row is not null && row.Has(column) && !row.IsUnchanged(column) ? row.Text(column) ?? "" : "";
}

/// <summary>The rows that have a refused change waiting, so that a good row costs no look into the store. Thread-safe.</summary>
internal sealed class OpenQuarantine
{
    private readonly Lock gate = new();
    private readonly HashSet<(string Translator, string Table, string Key)> rows = [];

    public OpenQuarantine(IEnumerable<(string Translator, string Table, string Key)> rows) => this.rows.UnionWith(rows);

    public bool IsEmpty
    {
        get
        {
            lock (gate) return rows.Count == 0;
        }
    }

    public void Add(string translator, string table, string key)
    {
        lock (gate) rows.Add((translator, table, key));
    }

    public bool Remove(string translator, string table, string key)
    {
        lock (gate) return rows.Remove((translator, table, key));
    }
}
