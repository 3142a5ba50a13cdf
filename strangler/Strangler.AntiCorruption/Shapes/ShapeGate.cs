using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Strangler.AntiCorruption;

/// <summary>How a table's shape stands, for the lag.</summary>
/// <param name="Table">The table.</param>
/// <param name="Held">Why its changes wait; null while they flow.</param>
/// <param name="Drift">What else is otherwise than capture knew it.</param>
internal sealed record ShapeState(string Table, string? Held, IReadOnlyList<string> Drift);

/// <summary>
/// Lets through the changes of a table as long as the columns that its translators read are what they were, and holds all later ones of the table
/// from the first that is not: no message is made of a row that is read wrongly. Decided where the change stands in the order, by the shape that the row
/// itself has. Once a table is held it stays so until the next run, because what waits goes first; <see cref="LookAgainAsync"/> makes one begin. One user at a time, except
/// for what is said to be for everybody.
/// </summary>
internal sealed partial class ShapeGate(TranslatorSet translators, AntiCorruptionOptions options, ILogger<ShapeGate> logger) : IDisposable
{
    // The stream, a backfill and old images have an object each for one shape.
    private const int MostRemembered = 8;

    /// <summary>In the place of a table's generation: nothing equals it.</summary>
    private const string WithoutKey = "without-key";

    private readonly ConcurrentDictionary<string, Known> tables = new();

    private CancellationTokenSource again = new();
    private TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Cancelled when the run is to end and another to begin, which looks at the shapes anew.</summary>
    public CancellationToken Again => Volatile.Read(ref again).Token;

    /// <summary>How every table stands. For everybody.</summary>
    public IReadOnlyList<ShapeState> States => [.. tables.OrderBy(static table => table.Key, StringComparer.Ordinal).Select(static table => new ShapeState(table.Key, table.Value.Held, table.Value.Drift))];

    /// <summary>Begins a run.</summary>
    /// <param name="stored">The shapes that the messages so far were made of; none of a table that is new.</param>
    /// <param name="current">What the source says now. Changes made before may still come in an older shape.</param>
    /// <param name="waiting">Tables of which changes wait: they flow again only when the shape of now may be read.</param>
    /// <returns>Shapes of new tables, to store.</returns>
    public IReadOnlyList<TableShape> Begin(IReadOnlyList<TableShape> stored, IReadOnlyList<TableShape> current, IReadOnlySet<string> waiting)
    {
        var added = new List<TableShape>();
        tables.Clear();
        foreach (var now in current)
        {
            var was = stored.FirstOrDefault(shape => shape.Table == now.Table);
            if (was is null) added.Add(now);
            var known = tables[now.Table] = new Known(was ?? now);
            if (was is null || was.IsAs(now)) continue;

            if (Judge(known, now) is not { } problem) known.Accepted.Add(now);
            else if (waiting.Contains(now.Table)) Hold(known, now.Table, problem, now);
            else
            {
                // Noticed now; it stops where the shape changes, not before.
                known.Drift = [problem];
                LogChangedMeanwhile(now.Table, problem);
            }
        }

        Volatile.Read(ref begun).TrySetResult();
        return added;
    }

    /// <summary>Lets another run begin, and waits until it has looked at the shapes. For everybody.</summary>
    public async Task LookAgainAsync(CancellationToken cancellation)
    {
        var next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref begun, next);
        var ended = Interlocked.Exchange(ref again, new());
        await ended.CancelAsync();
        await next.Task.WaitAsync(cancellation);
    }

    /// <summary>The shape that a held table has now and that nobody has accepted; null when it is held for another reason, or not. For everybody.</summary>
    public TableShape? WaitingShapeOf(string table) => tables.GetValueOrDefault(table)?.Waiting;

    /// <summary>Why the changes of the table wait; null while they flow. For everybody.</summary>
    public string? HeldBecause(string table) => tables.GetValueOrDefault(table)?.Held;

    /// <summary>Looks at a change.</summary>
    /// <param name="change">The change.</param>
    /// <param name="accepted">A shape to store from here on; null when nothing changed.</param>
    /// <returns>Null when it may be translated, otherwise why it waits.</returns>
    /// <exception cref="SourceRefusedException">The policy of the table is <see cref="ShapePolicy.Stop"/>.</exception>
    public string? Check(RowChange change, out TableShape? accepted)
    {
        accepted = null;
        if (!tables.TryGetValue(change.Table, out var known)) return null;
        if (known.Held is not null || (change.After ?? change.Before)!.Shape.Whole is not { } shape || known.HasPassed(shape)) return known.Held;

        if (shape.Identity is { } identity && translators.KeyColumnOf(change.Table) is { } key && !identity.Contains(key))
        {
            // What is changed from here on is not known by its key: when old rows carry it again, the table has a gap of its own.
            accepted = known.Stored with { Generation = WithoutKey };
            Hold(known, change.Table, $"Column '{key}' of table '{change.Table}' is not in its replica identity any more: old rows do not say which row they were. Look with strangler doctor; then backfill the table with AntiCorruption:OnGap=Backfill.");
            return known.Held;
        }

        var seen = TableShape.Of(change.Table, shape);
        if (!known.Accepted.Exists(one => one.IsAs(seen)))
        {
            if (Judge(known, seen) is { } problem)
            {
                Hold(known, change.Table, problem, seen);
                return known.Held;
            }

            known.Accepted.Add(seen);
        }

        if (!known.Stored.IsAs(seen)) known.Stored = accepted = seen;
        known.Pass(shape);
        return null;
    }

    public void Dispose() => again.Dispose();

    /// <summary>Why no translator may read the shape; null when it may be read. What does not matter is told as drift.</summary>
    private string? Judge(Known known, TableShape seen)
    {
        var read = translators.ColumnsReadOf(seen.Table);
        var judged = known.Accepted.ConvertAll(one => one.ChangesTo(seen, read));
        var harmless = judged.FindLastIndex(static one => one.Read.Count == 0);
        var isAccepted = harmless >= 0 || PolicyOf(seen.Table) == ShapePolicy.Continue || options.AcceptShapes.TryGetValue(seen.Table, out var print) && print == seen.Fingerprint;
        if (!isAccepted)
        {
            return $"Table '{seen.Table}' changed its shape: {string.Join(", ", judged[^1].Read)}. Correct its translators; where they read columns of the same names, strangler release {seen.Table} --accept {seen.Fingerprint}, or AntiCorruption:AcceptShapes:{seen.Table}={seen.Fingerprint}.";
        }

        known.Drift = harmless >= 0 ? judged[harmless].Others : [.. judged[^1].Read, .. judged[^1].Others];
        if (known.Drift.Count > 0) LogDrifted(seen.Table, string.Join(", ", known.Drift));
        return null;
    }

    private void Hold(Known known, string table, string problem, TableShape? waiting = null)
    {
        if (PolicyOf(table) == ShapePolicy.Stop) throw new SourceRefusedException([problem]);
        (known.Held, known.Waiting) = (problem, waiting);
        LogHeld(table, problem);
    }

    private ShapePolicy PolicyOf(string table) => options.ShapePolicies.TryGetValue(table, out var policy) ? policy : options.OnShapeChange;

    private sealed class Known(TableShape first)
    {
        private readonly List<RowShape> passed = [];

        /// <summary>Shapes that may be read, the newest last; rows of the older ones may still be on their way.</summary>
        public List<TableShape> Accepted { get; } = [first];

        /// <summary>The shape of the changes that came last.</summary>
        public TableShape Stored { get; set; } = first;

        public IReadOnlyList<string> Drift { get; set; } = [];

        public string? Held { get; set; }

        public TableShape? Waiting { get; set; }

        public bool HasPassed(RowShape shape)
        {
            foreach (var one in passed)
            {
                if (ReferenceEquals(one, shape)) return true;
            }

            return false;
        }

        public void Pass(RowShape shape)
        {
            if (passed.Count == MostRemembered) passed.RemoveAt(0);
            passed.Add(shape);
        }
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "Changes of table {Table} wait in the quarantine from now on, the others flow. {Problem}")]
    private partial void LogHeld(string table, string problem);

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "Table {Table} drifted, which concerns no translator: {Drift}")]
    private partial void LogDrifted(string table, string drift);

    [LoggerMessage(EventId = 3, Level = LogLevel.Warning, Message = "Table {Table} changed while the layer did not run; it stops where its changes have the new shape. {Problem}")]
    private partial void LogChangedMeanwhile(string table, string problem);
}
