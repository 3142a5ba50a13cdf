namespace Strangler.AntiCorruption;

/// <summary>
/// Translates changes into the batch at hand. Counts of a transaction count when it ends; its messages and refusals go out as they come.
/// Not thread-safe.
/// </summary>
/// <param name="translators">Who translates.</param>
/// <param name="builder">Makes envelopes.</param>
/// <param name="open">Rows with refused changes.</param>
/// <param name="backfills">Which generation rows are of.</param>
/// <param name="gate">Which tables have the shape that their translators read.</param>
/// <param name="awaited">Rows that are asked for by name.</param>
/// <param name="intake">What is done to a change first.</param>
internal sealed class BatchBuilder(TranslatorSet translators, MessageBuilder builder, OpenQuarantine open, Backfills backfills, ShapeGate gate, AwaitedRows awaited, ChangeIntake intake)
{
    private readonly Tally transaction = new();
    private readonly Dictionary<string, TableShape> shapes = [];
    private Batch batch = new();

    public int Messages => batch.Messages.Count;

    public void Add(SourceTransaction part)
    {
        if (part.Chunk is not { } chunk)
        {
            foreach (var change in part.Changes) Add(intake.Take(change), null);
        }
        else if (part.Changes.Any(row => HeldBecause(row) is not null))
        {
            // The source has them still: they are read when the table flows again.
            backfills.Dropped(chunk);
        }
        else
        {
            foreach (var row in part.Changes) Add(intake.Take(row), chunk);
            batch.Progress.Chunks.Add(chunk);
        }

        if (part.EndsTransaction) EndTransaction(part.Position, part.CommittedAt);
    }

    /// <summary>Takes the batch and begins another.</summary>
    public Batch Take()
    {
        var taken = batch;
        batch = new();
        return taken;
    }

    private string? HeldBecause(RowChange change)
    {
        var held = gate.Check(change, out var accepted);
        if (accepted is not null) shapes[accepted.Table] = accepted;
        return held;
    }

    private void Add(RowChange change, BackfillChunk? chunk)
    {
        var interested = translators.Of(change.Table);
        if (interested.Length == 0) return;
        Know(change, interested[0].KeyColumn, chunk);
        var held = HeldBecause(change);
        var isAwaited = held is null && Await(change, interested[0].KeyColumn, chunk);
        foreach (var translator in interested)
        {
            var translation = held is not null ? ChangeTranslation.Refused(HeldChanges.Rule, held)
                : chunk is null ? ChangeTranslation.Of(translator, change, builder, isAwaited)
                : ChangeTranslation.OfRow(translator, change, builder, mayHaveTold: chunk.Request.Generation > 1);
            batch.Messages.AddRange(translation.Messages);
            transaction.Add(new TallyKey(translator.Name, TallyKey.In, ""));
            transaction.Add(new TallyKey(translator.Name, translation.Outcome, translation.Code));
            if (translation.Outcome == TallyKey.Quarantined) Quarantine(translator, translation, change, chunk);
            else if (translation.Outcome == TallyKey.Published || change.Kind == ChangeKind.Delete) Supersede(translator, change);
        }
    }

    /// <summary>
    /// Keeps in mind which rows were told. Once a backfill has read the whole table, an update that leaves the key alone says nothing new about that; before,
    /// it may be the first that is told of a row.
    /// </summary>
    private void Know(RowChange change, string keyColumn, BackfillChunk? chunk)
    {
        var backfill = backfills.Of(change.Table);
        var whole = backfill is { State: Backfill.Complete, Filter: "" };
        if (whole && change is { Kind: ChangeKind.Update, Before: null }) return;
        var (before, after) = (KeyOf(change.Before, keyColumn), KeyOf(change.After, keyColumn));
        if (whole && change.Kind == ChangeKind.Update && before == after) return;
        if (before.Length > 0 && before != after) batch.Progress.Rows[(change.Table, before)] = null;
        if (after.Length > 0) batch.Progress.Rows[(change.Table, after)] = chunk?.Request.Generation ?? backfill?.Generation ?? 1;
    }

    /// <summary>
    /// True when nothing is to be told of the new row by this change: it lacks a large value that consumers may not have, because the key is new or the backfill has not
    /// told the row whole. Then it is asked for by name; whatever tells it whole, or that it is gone, ends the waiting.
    /// </summary>
    private bool Await(RowChange change, string keyColumn, BackfillChunk? chunk)
    {
        var isWhole = chunk is not null || change.Kind != ChangeKind.Update || change.After!.IsWhole(translators.ColumnsReadOf(change.Table));
        if (isWhole && awaited.IsEmpty) return false;

        var (moves, key) = (change.Moves(keyColumn), KeyOf(change.After ?? change.Before, keyColumn));
        if (moves) EndWaiting(change.Table, KeyOf(change.Before, keyColumn));
        if (isWhole)
        {
            EndWaiting(change.Table, key);
            return false;
        }

        if (!moves && backfills.Of(change.Table) is not { State: not Backfill.Complete, Filter: "" } && !awaited.Contains(change.Table, key)) return false;
        awaited.Add(change.Table, key);
        batch.Progress.Awaited[(change.Table, key)] = true;
        return true;
    }

    private void EndWaiting(string table, string key)
    {
        if (awaited.Remove(table, key)) batch.Progress.Awaited[(table, key)] = false;
    }

    private void EndTransaction(ulong position, DateTimeOffset committedAt)
    {
        batch.Progress.EndTransaction(position, committedAt, transaction);
        transaction.Clear();
        foreach (var (table, shape) in shapes) batch.Progress.Shapes[table] = shape;
        shapes.Clear();
    }

    private void Quarantine(ITranslator translator, ChangeTranslation translation, RowChange change, BackfillChunk? chunk)
    {
        var key = KeyOf(change.After ?? change.Before, translator.KeyColumn);
        batch.Progress.Quarantined.Add(new(translator.Name, key, translation.Code, translation.Reason, change) { Generation = chunk?.Request.Generation });
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
