using Strangler.Messaging;

namespace Strangler.AntiCorruption;

/// <summary>
/// One legacy row as text, column by column, the way the source prints it. PostgreSQL: its text output with DateStyle ISO, time zone UTC and
/// hex <c>bytea</c>. SQLite: numbers in invariant form, the shortest that keeps the value; blobs as <c>\x</c> and lower-case hex.
/// A value is null, text, or unchanged: not sent by the source because it did not change.
/// </summary>
public sealed class SourceRow
{
    /// <summary>Marks a value that the source did not send because it did not change (PostgreSQL: unchanged TOAST). Compared by reference.</summary>
    public static readonly string Unchanged = new("(unchanged)".AsSpan());

    private readonly RowShape shape;
    private readonly string?[] values;

    /// <param name="shape">The columns.</param>
    /// <param name="values">One value a column, in the shape's order; null or <see cref="Unchanged"/> allowed. Not copied.</param>
    /// <exception cref="ArgumentException">More or fewer values than columns.</exception>
    public SourceRow(RowShape shape, string?[] values)
    {
        if (values.Length != shape.Columns.Count)
        {
            throw new ArgumentException($"{values.Length} values for {shape.Columns.Count} columns.", nameof(values));
        }

        this.shape = shape;
        this.values = values;
    }

    /// <param name="values">Value by column name; the value may be null or <see cref="Unchanged"/>.</param>
    public SourceRow(IReadOnlyDictionary<string, string?> values)
        : this(new RowShape([.. values.Keys]), [.. values.Values])
    {
    }

    internal RowShape Shape => shape;

    /// <summary>Names of the columns that the source sent, in its order.</summary>
    public IReadOnlyList<string> Columns => shape.Columns;

    /// <summary>True when the column is there at all, also when its value is null or unchanged.</summary>
    public bool Has(string column) => shape.IndexOf(column) >= 0;

    /// <summary>
    /// True when the source did not send the value because it did not change. A message says so by leaving the field out, or by a word of its own; a store
    /// then keeps what it has, and has it: a row of which the value may never have been told is asked for by name instead. A translator whose messages cannot say so must
    /// need whole old rows (<see cref="ITranslator.NeedsBefore"/>), which carry every value.
    /// </summary>
    public bool IsUnchanged(string column) => shape.IndexOf(column) is >= 0 and var index && ReferenceEquals(values[index], Unchanged);

    /// <summary>True when the source sent every value, as far as columns matter.</summary>
    /// <param name="read">The columns that matter; null for all.</param>
    internal bool IsWhole(IReadOnlyCollection<string>? read)
    {
        for (var index = 0; index < values.Length; index++)
        {
            if (ReferenceEquals(values[index], Unchanged) && read?.Contains(shape.Columns[index]) != false) return false;
        }

        return true;
    }

    /// <summary>The value as text; null for SQL NULL.</summary>
    /// <exception cref="SourceColumnException">There is no such column, or its value was not sent.</exception>
    public string? Text(string column)
    {
        var index = shape.IndexOf(column);
        if (index < 0)
        {
            throw new SourceColumnException(column, $"The row has no column '{column}'; it has {string.Join(", ", Columns)}.") { IsMissing = true };
        }

        return ReferenceEquals(values[index], Unchanged)
            ? throw new SourceColumnException(column, $"Column '{column}' was not sent because it did not change; the source must record whole rows for it.")
            : values[index];
    }

    /// <summary>This row, with the values of these columns masked; a null stays null, and what was not sent stays unchanged.</summary>
    internal SourceRow Masked(IEnumerable<string> columns)
    {
        string?[] masked = [.. values];
        foreach (var column in columns)
        {
            var index = shape.IndexOf(column);
            if (index >= 0 && !ReferenceEquals(masked[index], Unchanged)) masked[index] = ValueMask.Of(masked[index]);
        }

        return new(shape, masked);
    }

    /// <summary>This row, with the values that were not sent taken from an older image of it; those that neither holds stay unchanged.</summary>
    internal SourceRow CompletedBy(SourceRow older)
    {
        string?[]? completed = null;
        for (var index = 0; index < values.Length; index++)
        {
            if (!ReferenceEquals(values[index], Unchanged)) continue;
            var column = older.shape.IndexOf(shape.Columns[index]);
            if (column >= 0) (completed ??= [.. values])[index] = older.values[column];
        }

        return completed is null ? this : new(shape, completed);
    }
}

/// <summary>A translator asked a row for a value that it does not hold.</summary>
/// <param name="column">The column.</param>
/// <param name="message">What is missing and the cure.</param>
public sealed class SourceColumnException(string column, string message) : Exception(message)
{
    /// <summary>The column.</summary>
    public string Column { get; } = column;

    /// <summary>True when the row has no such column; false when the source did not send its value.</summary>
    public bool IsMissing { get; init; }
}
