using System.Collections.Frozen;

namespace Strangler.AntiCorruption;

/// <summary>The column names of a table at one moment, shared by all rows read with it. Immutable.</summary>
public sealed class RowShape
{
    private readonly FrozenDictionary<string, int> indexes;

    /// <param name="columns">Names in the source's order; all different.</param>
    public RowShape(IReadOnlyList<string> columns)
    {
        Columns = columns;
        indexes = columns.Select((name, index) => KeyValuePair.Create(name, index)).ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>Names in the source's order.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>Place of the column in <see cref="Columns"/>; -1 when there is none.</summary>
    public int IndexOf(string column) => indexes.TryGetValue(column, out var index) ? index : -1;
}
