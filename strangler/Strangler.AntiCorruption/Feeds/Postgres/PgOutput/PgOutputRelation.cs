namespace Strangler.AntiCorruption;

/// <summary>What the stream says of a table before its first change, and again when its shape has changed.</summary>
/// <param name="Id">Number of the table.</param>
/// <param name="Schema">Its schema.</param>
/// <param name="Table">Its name.</param>
/// <param name="Columns">Its columns, in the order of the values.</param>
internal sealed record PgOutputRelation(uint Id, string Schema, string Table, IReadOnlyList<PgOutputColumn> Columns)
{
    public static PgOutputRelation Read(ref PgOutputReader reader)
    {
        var (id, schema, table) = (reader.ReadUInt32(), reader.ReadText(), reader.ReadText());
        reader.ReadByte(); // Replica identity: each change says by itself what it carries.
        var columns = new PgOutputColumn[reader.ReadCount()];
        for (var index = 0; index < columns.Length; index++) columns[index] = new((reader.ReadByte() & 1) != 0, reader.ReadText(), reader.ReadUInt32(), reader.ReadInt32());
        reader.End();
        return new(id, schema, table, columns);
    }
}

/// <summary>One column.</summary>
/// <param name="IsKey">Whether it is part of the replica identity.</param>
/// <param name="Name">Its name.</param>
/// <param name="Type">Number of its type.</param>
/// <param name="Modifier">What the type was made with, a length for example; -1 for nothing.</param>
internal readonly record struct PgOutputColumn(bool IsKey, string Name, uint Type, int Modifier);
