namespace Strangler.Faults.Subject;

/// <summary>A row has these values now.</summary>
/// <param name="Key">The row, <c>table/id</c>.</param>
/// <param name="N">Its number: every write of a key has a higher one.</param>
/// <param name="Note">A short value.</param>
/// <param name="Big">A value that PostgreSQL keeps out of line; null also when it is unchanged.</param>
/// <param name="BigUnchanged">True when the source did not send <paramref name="Big"/>, because it did not change.</param>
internal sealed record RowWritten(string Key, long N, string? Note, string? Big, bool BigUnchanged)
{
    public const string Type = "faults.row.written.v1";
}

/// <summary>A row is gone.</summary>
internal sealed record RowDeleted(string Key)
{
    public const string Type = "faults.row.deleted.v1";
}
