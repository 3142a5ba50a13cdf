namespace Strangler.AntiCorruption;

/// <summary>Shape of a table for the changes that follow one relation message, up to the next of the table; reads their rows.</summary>
internal sealed class PostgresRelation
{
    private readonly RowShape whole;
    private readonly RowShape key;
    private readonly bool[] isKey;

    /// <param name="relation">What the stream says.</param>
    /// <param name="types">Types of the columns, as the catalogue spells them.</param>
    public PostgresRelation(PgOutputRelation relation, IReadOnlyList<string> types)
    {
        Name = relation.Schema == "public" ? relation.Table : $"{relation.Schema}.{relation.Table}";
        isKey = [.. relation.Columns.Select(static column => column.IsKey)];
        string[] columns = [.. relation.Columns.Select(static column => column.Name)];
        whole = new(columns, types) { Identity = [.. columns.Where((_, index) => isKey[index])] };
        key = new([.. whole.Columns.Where((_, index) => isKey[index])]) { Whole = whole };
    }

    public string Name { get; }

    public SourceRow ReadWhole(ref PgOutputReader reader) => new(whole, ReadValues(ref reader));

    /// <summary>A row that holds values for the key columns only.</summary>
    public SourceRow ReadKey(ref PgOutputReader reader)
    {
        var values = ReadValues(ref reader);
        return new(key, [.. values.Where((_, index) => isKey[index])]);
    }

    private string?[] ReadValues(ref PgOutputReader reader)
    {
        var values = new string?[reader.ReadCount()];
        if (values.Length != isKey.Length) throw new PgOutputException($"a row of table '{Name}' with {values.Length} values for {isKey.Length} columns");
        for (var index = 0; index < values.Length; index++) values[index] = reader.ReadValue();
        return values;
    }
}
