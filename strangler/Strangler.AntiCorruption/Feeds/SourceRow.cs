namespace Strangler.AntiCorruption;

/// <summary>
/// One legacy row as text, column by column, the way the source prints it (PostgreSQL text output; SQLite numbers in invariant form,
/// blobs as <c>\x</c> and hex). A value is null, text, or unchanged: not sent by the source because it did not change.
/// </summary>
public sealed class SourceRow
{
    /// <summary>Marks a value that the source did not send because it did not change (PostgreSQL: unchanged TOAST). Compared by reference.</summary>
    public static readonly string Unchanged = new("(unchanged)".AsSpan());

    private readonly IReadOnlyDictionary<string, string?> values;

    /// <param name="values">Value by column name; the value may be null or <see cref="Unchanged"/>. Not copied.</param>
    public SourceRow(IReadOnlyDictionary<string, string?> values) => this.values = values;

    /// <summary>Names of the columns that the source sent, in its order.</summary>
    public IEnumerable<string> Columns => values.Keys;

    /// <summary>True when the column is there at all, also when its value is null or unchanged.</summary>
    public bool Has(string column) => values.ContainsKey(column);

    /// <summary>True when the source did not send the value because it did not change.</summary>
    public bool IsUnchanged(string column) => values.TryGetValue(column, out var value) && ReferenceEquals(value, Unchanged);

    /// <summary>The value as text; null for SQL NULL.</summary>
    /// <exception cref="SourceColumnException">There is no such column, or its value was not sent.</exception>
    public string? Text(string column)
    {
        if (!values.TryGetValue(column, out var value))
        {
            throw new SourceColumnException(column, $"The row has no column '{column}'; it has {string.Join(", ", values.Keys)}.");
        }

        if (ReferenceEquals(value, Unchanged))
        {
            throw new SourceColumnException(column, $"Column '{column}' was not sent because it did not change; the source must record whole rows for it.");
        }

        return value;
    }
}

/// <summary>A translator asked a row for a value that it does not hold.</summary>
/// <param name="column">The column.</param>
/// <param name="message">What is missing and the cure.</param>
public sealed class SourceColumnException(string column, string message) : Exception(message)
{
    /// <summary>The column.</summary>
    public string Column { get; } = column;
}
