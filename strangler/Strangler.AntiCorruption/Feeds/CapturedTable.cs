namespace Strangler.AntiCorruption;

/// <summary>A table to capture.</summary>
/// <param name="Name">As the source spells it; PostgreSQL tables outside the schema <c>public</c> as <c>schema.table</c>.</param>
/// <param name="KeyColumn">Its single unique column, by which a backfill pages; empty when the table is only streamed.</param>
/// <param name="NeedsBefore">True when whole old rows are wanted in <see cref="RowChange.Before"/>.</param>
public sealed record CapturedTable(string Name, string KeyColumn, bool NeedsBefore);
