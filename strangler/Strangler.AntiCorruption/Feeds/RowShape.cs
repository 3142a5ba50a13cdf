using System.Collections.Frozen;

namespace Strangler.AntiCorruption;

/// <summary>The column names of a table at one moment, shared by all rows read with it. Immutable.</summary>
public sealed class RowShape
{
    private readonly FrozenDictionary<string, int> indexes;

    /// <param name="columns">Names in the source's order; all different.</param>
    /// <param name="types">Their types as the source spells them; null when they are not known.</param>
    public RowShape(IReadOnlyList<string> columns, IReadOnlyList<string>? types = null)
    {
        (Columns, Types, Whole) = (columns, types, this);
        indexes = columns.Select((name, index) => KeyValuePair.Create(name, index)).ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>Names in the source's order.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>Types of the columns as the source spells them; null when they are not known.</summary>
    public IReadOnlyList<string>? Types { get; }

    /// <summary>The columns that old rows carry, so that a delete or another key says which row; null when that is not known.</summary>
    internal IReadOnlyCollection<string>? Identity { get; init; }

    /// <summary>The shape of the whole row, when this is the shape of its key alone; itself otherwise; null when the whole is not known.</summary>
    internal RowShape? Whole { get; init; }

    /// <summary>Place of the column in <see cref="Columns"/>; -1 when there is none.</summary>
    public int IndexOf(string column) => indexes.TryGetValue(column, out var index) ? index : -1;
}
