using System.Globalization;

namespace Strangler.Faults.Workload;

/// <summary>A row of the source as its one writer knows it.</summary>
internal readonly record struct RowId(SourceTable Table, long Id)
{
    public string Key => string.Create(CultureInfo.InvariantCulture, $"{Table.Name}/{Id}");
}

/// <summary>The writes of a transaction at hand, over the rows that are committed. Not thread-safe.</summary>
internal sealed class Draft(IReadOnlyDictionary<RowId, RowValues> committed)
{
    private readonly List<(RowId Row, RowValues? Values)> writes = [];

    public IReadOnlyList<(RowId Row, RowValues? Values)> Writes => writes;

    public int Savepoint => writes.Count;

    /// <summary>The row as this transaction sees it; null when it is not there.</summary>
    public RowValues? this[RowId row]
    {
        get
        {
            var own = writes.FindLastIndex(write => write.Row == row);
            return own >= 0 ? writes[own].Values : committed.GetValueOrDefault(row);
        }
    }

    public void Write(RowId row, RowValues values) => writes.Add((row, values));

    public void Delete(RowId row) => writes.Add((row, null));

    public void RollBackTo(int savepoint) => writes.RemoveRange(savepoint, writes.Count - savepoint);
}
