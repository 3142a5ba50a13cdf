using Dapper;

namespace Strangler.AntiCorruption;

/// <summary>Names of types. The stream numbers them; the catalogue names them, as it does for a table, so that both compare.</summary>
internal static class PostgresTypes
{
    /// <summary>The types of the relation's columns, in their order. One whose type is gone by now is named by its number.</summary>
    public static async Task<IReadOnlyList<string>> OfAsync(PostgresSource source, PgOutputRelation relation, CancellationToken cancellation)
    {
        // Once for each table and connection, and after each change of its shape.
        long[] types = [.. relation.Columns.Select(static column => (long)column.Type)];
        int[] modifiers = [.. relation.Columns.Select(static column => column.Modifier)];
        await using var connection = await source.OpenAsync(cancellation);
        return [.. await connection.QueryAsync<string>(new CommandDefinition(NamesSql, new { types, modifiers }, cancellationToken: cancellation))];
    }

    private const string NamesSql =
        """
        select coalesce(format_type((select oid from pg_type where oid = t.type::oid), t.modifier), 'type ' || t.type)
        from unnest(@types, @modifiers) with ordinality t (type, modifier, number)
        order by t.number
        """;
}
