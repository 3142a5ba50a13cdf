using Strangler.Messaging;

namespace Strangler.AntiCorruption;

/// <summary>
/// Translates changes into the batch at hand. Counts of a transaction count when it ends; its messages and refusals go out as they come.
/// Not thread-safe.
/// </summary>
/// <param name="translators">Who translates.</param>
/// <param name="builder">Makes envelopes.</param>
/// <param name="waiting">Rows of which changes wait.</param>
/// <param name="backfills">Which generation rows are of.</param>
/// <param name="gate">Which tables have the shape that their translators read.</param>
/// <param name="awaited">Rows that are asked for by name.</param>
/// <param name="intake">What is done to a change first.</param>
internal sealed class BatchBuilder(TranslatorSet translators, MessageBuilder builder, WaitingRows waiting, Backfills backfills, ShapeGate gate, AwaitedRows awaited, ChangeIntake intake)
{
    private readonly Tally transaction = new();
    private readonly TransactionMarks marks = new();
    private readonly Dictionary<string, TableShape> shapes = [];
    private readonly MissingValues missing = new(translators, waiting, backfills, awaited);
    private Batch batch = new();

    public int Messages => batch.Messages.Count;

    public void Add(SourceTransaction part)
    {
        if (part.Chunk is not { } chunk)
        {
            foreach (var change in part.Changes) Add(intake.Take(change), null, part.MayHoldSeveral);
        }
        else if (IsOutdated(chunk) || part.Changes.Any(row => HeldBecause(row) is not null))
        {
            // What the source has of them still is read when the table flows again, or by the backfill that the truncate began.
            backfills.Dropped(chunk);
        }
        else
        {
            foreach (var row in part.Changes) Add(intake.Take(row), chunk);
            batch.Progress.Chunks.Add(chunk);
        }

        if (part.EndsTransaction) EndTransaction(part.Position, part.CommittedAt);
    }

    /// <summary>The tables were truncated after what came so far: a backfill of each begins, at whose end the rows that are gone are found.</summary>
    public void Truncate(IReadOnlyList<string> tables)
    {
        foreach (var table in tables)
        {
            if (backfills.Truncated(table) is { } generation) batch.Progress.Truncated[table] = generation;
        }
    }

    /// <summary>Takes the batch and begins another.</summary>
    public Batch Take()
    {
        var taken = batch;
        batch = new();
        return taken;
    }

    /// <summary>True when another backfill of the table has begun since it was read: the table may have been truncated in between.</summary>
    private bool IsOutdated(BackfillChunk chunk) => backfills.Of(chunk.Request.Table.Name) is { } current && current.Generation != chunk.Request.Generation;

    private string? HeldBecause(RowChange change)
    {
        var held = gate.Check(change, out var accepted);
        if (accepted is not null) shapes[accepted.Table] = accepted;
        return held;
    }

    private void Add(RowChange change, BackfillChunk? chunk, bool standsAlone = true)
    {
        var interested = translators.Of(change.Table);
        if (interested.Length == 0) return;
        Know(change, interested[0].KeyColumn, chunk);
        var held = HeldBecause(change);
        var isAwaited = held is null && missing.Asks(change, interested[0].KeyColumn, isWhole: chunk is not null, batch.Progress);
        foreach (var translator in interested)
        {
            var translation = held is not null ? ChangeTranslation.Refused(WaitingChanges.ShapeRule, held) : Translate(translator, change, chunk?.Request.Generation, isAwaited);
            if (standsAlone) batch.Messages.AddRange(translation.Messages);
            else marks.Add(translation.Messages, batch.Messages);
            transaction.Add(new TallyKey(translator.Name, TallyKey.In, ""));
            Count(translator.Name, translation, transaction);
            if (translation.Outcome == TallyKey.Quarantined || !waiting.NoneIsRefused) Settle(RowPlace.Of(translator, change), translation, change, chunk?.Request.Generation);
        }
    }

    /// <summary>
    /// Takes a change that waited, and whose transaction has ended, as if it came now: it is told, or it goes on waiting, for the same reason or another.
    /// To be called in the order of versions, before anything later of its row comes.
    /// </summary>
    public ChangeTranslation Release(QuarantineRow stored)
    {
        var (change, generation) = (ChangeJson.Read(stored.Change), ChangeJson.GenerationOf(stored.Change));
        var translation = translators.Find(stored.Translator) is { } translator
            ? Translate(translator, change, generation, generation is null && missing.AsksLate(change, stored.Place, translator.KeyColumn, batch.Progress))
            : ChangeTranslation.NoTranslator(stored.Translator);
        if (translation.Outcome == TallyKey.Quarantined && stored.WaitsAs(translation))
        {
            waiting.Park(stored.Place, stored.First);
            return translation;
        }

        batch.Messages.AddRange(translation.Messages);
        batch.Progress.Settled.Add(stored.Id);
        batch.Progress.Tally.Add(new TallyKey(stored.Translator, TallyKey.Quarantined, stored.Rule), -1);
        Count(stored.Translator, translation, batch.Progress.Tally);
        Settle(stored.Place, translation, change, generation);
        return translation;
    }

    private ChangeTranslation Translate(ITranslator translator, RowChange change, int? generation, bool isAwaited)
    {
        if (!waiting.NoneIsParked && RowPlace.Of(translator, change) is var row && waiting.FirstOf(row) is { } first)
        {
            // What another change tells in its place need not wait.
            if (!isAwaited || row.OldKey is not null) return ChangeTranslation.Waits(first);
        }

        return generation is { } number ? ChangeTranslation.OfRow(translator, change, builder, mayHaveTold: number > 1) : ChangeTranslation.Of(translator, change, builder, isAwaited);
    }

    private static void Count(string translator, ChangeTranslation translation, Tally tally) => tally.Add(new TallyKey(translator, translation.Outcome, translation.Code));

    private void Settle(RowPlace row, ChangeTranslation translation, RowChange change, int? generation)
    {
        if (translation.Outcome == TallyKey.Quarantined) Quarantine(row, translation, change, generation);
        else if (translation.Outcome == TallyKey.Published || change.Kind == ChangeKind.Delete) Supersede(row, change.Version);
    }

    /// <summary>
    /// Keeps in mind which rows were told. Once a backfill has read the whole table, an update that leaves the key alone says nothing new about that; before,
    /// it may be the first that is told of a row.
    /// </summary>
    private void Know(RowChange change, string keyColumn, BackfillChunk? chunk)
    {
        var backfill = backfills.Of(change.Table);
        var whole = backfill is { ToldWhole: true };
        if (whole && change is { Kind: ChangeKind.Update, Before: null }) return;
        var (before, after) = (RowPlace.KeyOf(change.Before, keyColumn), RowPlace.KeyOf(change.After, keyColumn));
        if (whole && change.Kind == ChangeKind.Update && before == after) return;
        if (before.Length > 0 && before != after) batch.Progress.Rows[(change.Table, before)] = null;
        if (after.Length > 0) batch.Progress.Rows[(change.Table, after)] = chunk?.Request.Generation ?? backfill?.Generation ?? 1;
    }

    private void EndTransaction(ulong position, DateTimeOffset committedAt)
    {
        marks.End(batch.Messages);
        batch.Progress.EndTransaction(position, committedAt, transaction);
        transaction.Clear();
        foreach (var (table, shape) in shapes) batch.Progress.Shapes[table] = shape;
        shapes.Clear();
    }

    private void Quarantine(RowPlace row, ChangeTranslation translation, RowChange change, int? generation)
    {
        var refused = new QuarantinedChange(row, translation.Code, translation.Reason, change) { Generation = generation, IsParked = translation.Parks, Behind = translation.Behind };
        batch.Progress.Quarantined.Add(refused);
        if (refused.IsParked) waiting.Park(row, refused.Behind ?? refused.Id);
        else waiting.Refuse(row.Translator, row.Table, row.Key);
    }

    private void Supersede(RowPlace row, MessageVersion version)
    {
        if (waiting.NoneIsRefused) return;
        Supersede(row.Key);
        if (row.OldKey is { } old) Supersede(old);

        void Supersede(string key)
        {
            if (waiting.Settle(row.Translator, row.Table, key)) batch.Progress.Superseding.Add(new(row.Translator, row.Table, key, version));
        }
    }
}
