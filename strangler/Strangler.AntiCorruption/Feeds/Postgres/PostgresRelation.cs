using Npgsql.Replication.PgOutput;
using Npgsql.Replication.PgOutput.Messages;

namespace Strangler.AntiCorruption;

/// <summary>
/// Shape of a table as of one relation message, copied: the driver refills the same message object for the next one. A new relation message
/// replaces it for the changes that follow.
/// </summary>
internal sealed class PostgresRelation
{
    private readonly RowShape whole;
    private readonly RowShape key;
    private readonly bool[] isKey;

    /// <param name="message">The driver's; copied.</param>
    /// <param name="types">Types of the columns, as the catalogue spells them.</param>
    public PostgresRelation(RelationMessage message, IReadOnlyList<string> types)
    {
        Name = message.Namespace == "public" ? message.RelationName : $"{message.Namespace}.{message.RelationName}";
        isKey = [.. message.Columns.Select(static column => column.Flags.HasFlag(RelationMessage.Column.ColumnFlags.PartOfKey))];
        whole = new([.. message.Columns.Select(static column => column.ColumnName)], types);
        key = new([.. whole.Columns.Where((_, index) => isKey[index])]) { Whole = whole };
    }

    public string Name { get; }

    public async ValueTask<SourceRow> WholeAsync(ReplicationTuple tuple, CancellationToken cancellation) => new(whole, await ValuesAsync(tuple, cancellation));

    /// <summary>A tuple that holds values for the key columns only.</summary>
    public async ValueTask<SourceRow> KeyAsync(ReplicationTuple tuple, CancellationToken cancellation)
    {
        var values = await ValuesAsync(tuple, cancellation);
        return new(key, [.. values.Where((_, index) => isKey[index])]);
    }

    /// <summary>
    /// The new row of an update whose old row is whole. There an unchanged large value, which the server does not send, is the old row's: with
    /// a whole replica identity the old row always carries it.
    /// </summary>
    public async ValueTask<SourceRow> WholeAsync(ReplicationTuple tuple, SourceRow before, CancellationToken cancellation)
    {
        var values = await ValuesAsync(tuple, cancellation);
        for (var index = 0; index < values.Length; index++)
        {
            var column = whole.Columns[index];
            if (ReferenceEquals(values[index], SourceRow.Unchanged) && !before.IsUnchanged(column)) values[index] = before.Text(column);
        }

        return new(whole, values);
    }

    private async ValueTask<string?[]> ValuesAsync(ReplicationTuple tuple, CancellationToken cancellation)
    {
        var values = new string?[whole.Columns.Count];
        var index = 0;
        await foreach (var value in tuple.WithCancellation(cancellation))
        {
            values[index++] = value.Kind switch
            {
                TupleDataKind.Null => null,
                TupleDataKind.UnchangedToastedValue => SourceRow.Unchanged,
                _ => await value.Get<string>(cancellation),
            };
        }

        return values;
    }
}
